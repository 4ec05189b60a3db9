/** What secrets look like whose text nobody told us: the shapes of well-known tokens. Each is read once from left to right. */
import {
  base64Characters,
  type CharacterClass,
  characterClass,
  lettersAndDigits,
  tokenCharacters,
  wordCharacters,
} from "./character-class.ts";

/** A part of a shape, read without ever going back: no part can begin with what the one before may go on with. */
export type ShapePart =
  /** One of these texts. `isHidden`: it is part of the secret. */
  | { readonly type: "text"; readonly any: readonly string[]; readonly isHidden: boolean }
  /** From `least` to `most` characters of a class. */
  | {
      readonly type: "run";
      readonly of: CharacterClass;
      readonly least: number;
      readonly most: number;
      readonly isHidden: boolean;
    };

/** `kind` is what stands in place of the secret. The first part is a text: that is how a shape is found. */
export interface SecretShape {
  readonly kind: string;
  /** In lower case where case does not count. */
  readonly begins: readonly string[];
  readonly ignoresCase: boolean;
  readonly parts: readonly ShapePart[];
  /** What goes on being the secret after the last part, for as long as it comes. Null: nothing. */
  readonly goesOn: CharacterClass | null;
  /** What it may not stand right behind, but for the end of an escape; null: anything. */
  readonly notBehind: CharacterClass | null;
  /** Nothing else begins so: it is found right behind a letter too, where its first part stays. */
  readonly isKnownInWord?: true;
}

const upperAndDigits = characterClass(/[A-Z0-9]/);
const credentialCharacters = characterClass(/[A-Za-z0-9._~+/=-]/);
const segmentsAndDots = characterClass(/[A-Za-z0-9_.-]/);
const userCharacters = characterClass(/[^\s/?#@:"'<>[\]]/);
const passwordCharacters = characterClass(/[^\s/?#@"'<>]/);
const between = characterClass(/[\s"':=\\,>]/);
const spaces = characterClass(/[ \t]/);
const quotes = characterClass(/["'\\]/);

/** A token that says by its first letters what it is. */
function prefixed(
  kind: string,
  begins: readonly string[],
  rest: { of: CharacterClass; least: number },
): SecretShape {
  return {
    kind,
    begins,
    ignoresCase: false,
    parts: [
      { type: "text", any: begins, isHidden: true },
      { type: "run", of: rest.of, least: rest.least, most: rest.least, isHidden: true },
    ],
    goesOn: rest.of,
    notBehind: lettersAndDigits,
  };
}

/** A token whose first letters stand in no word and no base64, so that it is one behind any letter. */
function unmistakable(shape: SecretShape): SecretShape {
  return { ...shape, notBehind: null, isKnownInWord: true };
}

/** A secret that is known by the name before it, which stays. */
function named(
  kind: string,
  begins: readonly string[],
  rest: { readonly parts: readonly ShapePart[]; readonly goesOn: CharacterClass },
): SecretShape {
  return {
    kind,
    begins,
    ignoresCase: true,
    parts: [{ type: "text", any: begins, isHidden: false }, ...rest.parts],
    goesOn: rest.goesOn,
    notBehind: lettersAndDigits,
  };
}

function run(of: CharacterClass, least: number, most: number): ShapePart {
  return { type: "run", of, least, most, isHidden: false };
}

function hiddenRun(of: CharacterClass, least: number, most: number): ShapePart {
  return { type: "run", of, least, most, isHidden: true };
}

const jsonWebToken: SecretShape = {
  kind: "token",
  begins: ["eyJ"],
  ignoresCase: false,
  parts: [
    { type: "text", any: ["eyJ"], isHidden: true },
    hiddenRun(tokenCharacters, 8, 1_024),
    { type: "text", any: ["."], isHidden: true },
    hiddenRun(tokenCharacters, 8, 8),
  ],
  goesOn: segmentsAndDots,
  notBehind: tokenCharacters,
};

const passwordInAddress: SecretShape = {
  kind: "password",
  begins: ["://"],
  ignoresCase: false,
  parts: [
    { type: "text", any: ["://"], isHidden: false },
    run(userCharacters, 0, 128),
    { type: "text", any: [":"], isHidden: false },
    hiddenRun(passwordCharacters, 1, 256),
    { type: "text", any: ["@"], isHidden: false },
  ],
  goesOn: null,
  notBehind: null,
};

/** In order: the first that fits counts. */
export const secretShapes: readonly SecretShape[] = [
  unmistakable(prefixed("GitHub token", ["ghp_", "gho_", "ghu_", "ghr_"], { of: wordCharacters, least: 16 })),
  unmistakable({
    ...prefixed("GitHub token", ["ghs_"], { of: wordCharacters, least: 16 }),
    goesOn: segmentsAndDots,
  }),
  unmistakable(prefixed("GitHub token", ["github_pat_"], { of: wordCharacters, least: 16 })),
  prefixed("API key", ["sk-ant-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-or-"], {
    of: tokenCharacters,
    least: 12,
  }),
  prefixed("API key", ["sk-"], { of: lettersAndDigits, least: 20 }),
  prefixed("API key", ["sk_live_", "sk_test_", "rk_live_", "hf_", "npm_", "xai-", "gsk_"], {
    of: lettersAndDigits,
    least: 20,
  }),
  unmistakable(prefixed("GitLab token", ["glpat-"], { of: tokenCharacters, least: 16 })),
  prefixed("AWS key", ["AKIA", "ASIA"], { of: upperAndDigits, least: 16 }),
  prefixed("Slack token", ["xoxb-", "xoxp-", "xoxa-", "xoxo-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xapp-"], {
    of: tokenCharacters,
    least: 10,
  }),
  prefixed("Google key", ["AIza"], { of: tokenCharacters, least: 30 }),
  jsonWebToken,
  named("AWS key", ["secret_access_key", "secretaccesskey"], {
    parts: [run(between, 1, 8), hiddenRun(base64Characters, 30, 30)],
    goesOn: base64Characters,
  }),
  named("authorization", ["authorization"], {
    parts: [
      run(quotes, 0, 2),
      { type: "text", any: [":", "="], isHidden: false },
      run(between, 0, 6),
      { type: "text", any: ["bearer", "basic", "token"], isHidden: false },
      run(spaces, 1, 4),
      hiddenRun(credentialCharacters, 6, 6),
    ],
    goesOn: credentialCharacters,
  }),
  named("authorization", ["bearer"], {
    parts: [run(spaces, 1, 4), hiddenRun(credentialCharacters, 20, 20)],
    goesOn: credentialCharacters,
  }),
  // What follows a cut may be the end of a secret whose beginning is gone.
  {
    kind: "cut off",
    begins: ["…]\n\n"],
    ignoresCase: false,
    parts: [{ type: "text", any: ["…]\n\n"], isHidden: false }, hiddenRun(credentialCharacters, 12, 12)],
    goesOn: credentialCharacters,
    notBehind: null,
  },
  passwordInAddress,
];
