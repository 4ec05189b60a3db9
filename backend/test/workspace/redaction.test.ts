/** What is taken out of text that is logged, shown or sent to a model. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Redaction } from "../../src/workspace/redaction/redaction.ts";

// Put together here, so that no scanner takes this file for a leak.
const part = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0xL";
const pem = [
  "-----BEGIN RSA PRIVATE KEY-----",
  ...Array.from({ length: 12 }, (_, line) =>
    `${part}${part.split("").reverse().join("")}`.slice(line % 3).padEnd(64, "Q"),
  ),
  "q83vEj==",
  "-----END RSA PRIVATE KEY-----",
];
const known = "configured-key-0123456789";

/** Secrets by kind, and the part of each that must not be seen. */
const secrets: readonly (readonly [string, string, string])[] = [
  ["model key", known, known],
  ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map(
    (begin) => ["GitHub token", `${begin}${part}abcd`, `${part}abcd`] as const,
  ),
  ["GitHub token", `github_pat_11ABCDEFG0${part}_${part}`, part],
  ["API key", `sk-${part}${part.slice(0, 16)}`, part],
  ["API key", `sk-proj-${part}-${part}_x`, part],
  ["API key", `sk-ant-api03-${part}-${part}AA`, part],
  ["AWS key", "AKIAIOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"],
  ["Slack token", `xoxb-123456789012-${part}`, part],
  ["Google key", `AIzaSy${part}x`, part],
  ["token", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${part}`, part],
];

/** Texts with the secret and what becomes of them. */
const lines: readonly (readonly [string, string])[] = [
  ["Authorization: Bearer 0123456789abcdef", "Authorization: Bearer ‹redacted: authorization›"],
  [
    '"authorization": "Basic dXNlcjpwYXNz", "x": 1',
    '"authorization": "Basic ‹redacted: authorization›", "x": 1',
  ],
  [`curl -H 'x: Bearer ${part}' there`, "curl -H 'x: Bearer ‹redacted: authorization›' there"],
  [
    `aws_secret_access_key = ${part}/abcdefg\nregion = x`,
    "aws_secret_access_key = ‹redacted: AWS key›\nregion = x",
  ],
  [`AWS_SECRET_ACCESS_KEY=${part}+abcdefg`, "AWS_SECRET_ACCESS_KEY=‹redacted: AWS key›"],
  [
    "fatal: https://me:pa55word@git.example.org/x.git not found",
    "fatal: https://me:‹redacted: password›@git.example.org/x.git not found",
  ],
  ["postgres://app:s3cret!@127.0.0.1:5432/db", "postgres://app:‹redacted: password›@127.0.0.1:5432/db"],
  [`\u001b[32mghp_${part}\u001b[0m`, "\u001b[32m‹redacted: GitHub token›\u001b[0m"],
  [`{"a":"x\\nghp_${part}"}`, '{"a":"x\\n‹redacted: GitHub token›"}'],
  [`x${known}y`, "xcon‹redacted: model key›y"],
];

/** What must stay as it is. */
const ordinary: readonly string[] = [
  "Testing the risk-management-of-the-whole-thing and the task-list; sk- is a prefix.",
  "See http://127.0.0.1:8000/path?x=a@b and https://example.org:443, or mailto:me@example.org.",
  "The authorization token expired. A bearer of bad news.",
  "-----\n| a | b |\n-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUFvT3\n-----END CERTIFICATE-----\n",
  'if (line === "-----BEGIN PRIVATE KEY-----") { return readTheWholeOf(line); }',
  "index 3f2a9b7c..9d8e7f6a 100644 sha512-abcdefghijklmnopqrstuvwxyz0123456789==",
  "commit 0123456789abcdef0123456789abcdef01234567",
  "eyJ is how it begins. AKIA too. ghp_ and xoxb- alone.",
  "npm_config_cache=/tmp hf_hub_download gsk_",
];

function redaction(): Redaction {
  const made = new Redaction();
  made.remember("model key", known);
  return made;
}

test.each(secrets)("SEC-03: a %s is taken out, alone, in a line and in quotes", (kind, secret, hidden) => {
  for (const [before, after] of [
    ["", ""],
    ["token: ", "\n"],
    ['{"x":"', '"}'],
    ["a=", " rest of the line"],
  ] as const) {
    const text = redaction().text(before + secret + after);
    expect(text).toBe(`${before}‹redacted: ${kind}›${after}`);
    expect(text).not.toContain(hidden);
  }
});

test.each(lines)("SEC-03: %j", (text, expected) => {
  expect(redaction().text(text)).toBe(expected);
});

test("SEC-03: a private key goes line by line, in a file, numbered, indented and as one string", () => {
  const bare = redaction()
    .text(["before", ...pem, "after"].join("\n"))
    .split("\n");
  expect(bare).toEqual([
    "before",
    pem[0],
    ...pem.slice(1, -1).map(() => "‹redacted: private key›"),
    pem.at(-1),
    "after",
  ]);
  const shapes = [
    pem.map((line, index) => `    ${index + 1}\t${line}`).join("\n"),
    pem.map((line) => `  ${line}\r`).join("\n"),
    JSON.stringify({ key: pem.join("\n") }),
    pem.map((line) => `secrets/key.pem:${line}`).join("\n"),
  ];
  for (const shape of shapes) {
    const text = redaction().text(shape);
    for (const line of pem.slice(1, -1)) expect(text).not.toContain(line);
    expect(text).toContain("-----END RSA PRIVATE KEY-----");
  }
});

test.each(ordinary)("SEC-03: what is no secret stays: %j", (text) => {
  expect(redaction().text(text)).toBe(text);
});

test("SEC-03: placeholders and short words that stand for a key are no secrets", () => {
  const made = new Redaction();
  for (const word of ["x", "ollama", "lm-studio", "not-needed"]) made.remember("model key", word);
  expect(made.text("lm-studio and ollama: x is not-needed")).toBe("lm-studio and ollama: x is not-needed");
});

test("SEC-03: a word cut in half by the middle that is left out is no secret's end", () => {
  const text = `ghp_aB3\n\n[… 4000 characters left out …]\n\n${part} and the rest`;
  expect(redaction().text(text)).toBe(
    "ghp_aB3\n\n[… 4000 characters left out …]\n\n‹redacted: cut off› and the rest",
  );
});

function inPieces(text: string, cuts: readonly number[]): { pieces: string[]; whole: string } {
  const stream = redaction().stream();
  const ends = [...new Set([...cuts.filter((cut) => cut < text.length), text.length])].sort((a, b) => a - b);
  const pieces = ends.map((end, index) => stream.push(text.slice(ends[index - 1] ?? 0, end)));
  pieces.push(stream.end());
  return { pieces, whole: pieces.join("") };
}

const samples = [
  ...secrets.map(([, secret]) => `see ${secret} there`),
  ...secrets.map(([, secret]) => `x=${secret}${secret}`),
  ...lines.map(([text]) => text),
  ...ordinary,
  pem.join("\n"),
  `x${pem.join("\n")}`,
  `TOKENghp_${part} xgithub_pat_${part} 9glpat-${part}`,
  JSON.stringify({ key: pem.join("\n"), next: `sk-${part}` }),
];

test("SEC-03: cut at every place, each text comes out as the whole", () => {
  for (const text of samples) {
    const expected = redaction().text(text);
    for (let cut = 0; cut <= text.length; cut += 1) expect(inPieces(text, [cut]).whole).toBe(expected);
    expect(
      inPieces(
        text,
        Array.from({ length: text.length }, (_, cut) => cut),
      ).whole,
    ).toBe(expected);
  }
});

test("SEC-03: however texts are mixed and cut, what comes out is that of the whole", () => {
  const piece = fc.oneof(
    fc.constantFrom(...samples),
    fc.constantFrom(...samples).chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
    fc.constantFrom(
      "ghp_",
      "TOKENghp_",
      "xgithub_pat_",
      "sk-",
      "sk-proj-",
      "eyJ",
      "://",
      ":",
      "@",
      "-----",
      "-----BEGIN ",
      "PRIVATE KEY-----",
    ),
    fc.constantFrom("Bearer ", "authorization", "secret_access_key", "left out …]\n\n", "configured", "con"),
    fc.string({ maxLength: 40 }),
    fc.stringMatching(/^[A-Za-z0-9+/=_.-]{0,40}$/),
    fc.constantFrom(" ", "\n", "\\n", "\u001b[0m", '"', "%20"),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join("")),
      fc.array(fc.nat(2_000), { maxLength: 30 }),
      (text, cuts) => {
        expect(inPieces(text, cuts).whole).toBe(redaction().text(text));
      },
    ),
    { numRuns: 1_500, seed: 20_260_101 },
  );
});

test("SEC-03: redacting twice changes nothing more", () => {
  for (const text of samples) {
    const once = redaction().text(text);
    expect(redaction().text(once)).toBe(once);
  }
});

test("ordinary words are passed on at once, whatever they end with", () => {
  const stream = redaction().stream();
  const words = "Testing something: the configure step begins as expected. Yes, a bag".split(/(?<= )/);
  expect(words.map((word) => stream.push(word))).toEqual(words);
});

test("a text that could go on as a secret waits, a few characters of it alone", () => {
  const stream = redaction().stream();
  expect([
    stream.push("see http"),
    stream.push("://exam"),
    stream.push("ple.org/x g"),
    stream.push("o"),
    stream.end(),
  ]).toEqual(["see http", "", "://example.org/x ", "go", ""]);
});

test("hostile text takes time in proportion to its length", () => {
  const hostile = [
    "eyJ-",
    "eyJa.",
    "-----BEGIN ",
    "://a:",
    "sk-sk-",
    "ghp_",
    "authorization:",
    "Bearer ",
    "://a:b",
    "-----",
    `${"A".repeat(2_000)} `,
    "-----BEGIN PRIVATE KEY-----\nabcd ",
  ];
  for (const begin of hostile) {
    const text = begin.repeat(Math.ceil(200_000 / begin.length));
    const startMs = performance.now();
    redaction().text(text);
    const stream = redaction().stream();
    for (let at = 0; at < text.length; at += 7) stream.push(text.slice(at, at + 7));
    stream.end();
    expect([begin, performance.now() - startMs < 4_000]).toEqual([begin, true]);
  }
}, 120_000);

test("H1: what is configured is never forgotten, however many tokens come after it", () => {
  const made = redaction();
  for (let index = 0; index < 1_000; index += 1) made.rememberToken("GitHub token", `${part}${index}`);
  expect(made.text(`${known} ${part}999 ${part}0`)).toBe(
    `‹redacted: model key› ‹redacted: GitHub token› ${part}0`,
  );
});

test("H1: what looks like no token hides nothing, and a token that has ended hides nothing more", () => {
  const made = redaction();
  for (const text of ["=".repeat(240), "the model answered", "short-token-of-19ch", `${part} ${part}`]) {
    made.rememberToken("GitHub token", text);
    expect(made.text(text)).toBe(text);
  }
  made.rememberToken("GitHub token", part);
  expect(made.text(part)).toBe("‹redacted: GitHub token›");
  made.forgetToken(part);
  expect(made.text(part)).toBe(part);
});

test("H1: two hundred secrets of one shape cost little more than none", () => {
  const hostile = redaction();
  const letters = "a".repeat(240);
  for (let index = 0; index < 200; index += 1) {
    hostile.remember("model key", `${letters}${String(index).padStart(4, "0")}`);
    hostile.rememberToken("GitHub token", `${letters}b${String(index).padStart(4, "0")}`);
  }
  // Each place of it is looked at in either case.
  const plain = new Redaction();
  plain.remember("model key", `aaaa${part}`);
  const text = "a".repeat(100_000);
  const timeMs = (redactor: Redaction): number => {
    const startMs = performance.now();
    expect(redactor.text(text)).toBe(text);
    return performance.now() - startMs;
  };
  timeMs(plain);
  timeMs(hostile);
  const plainMs = Math.min(...[1, 2, 3].map(() => timeMs(plain)));
  const hostileMs = Math.min(...[1, 2, 3].map(() => timeMs(hostile)));
  expect([hostileMs, hostileMs < plainMs * 15 + 5]).toEqual([expect.any(Number), true]);
});

test("H1: of known secrets that begin alike the longest is taken out, however the text is cut", () => {
  const made = new Redaction();
  const all = ["aaaaaaaa", "aaaaaaaabbbb", "aaaaaaaabbcc", "aaaaaaaabbbbdddd", "aabbaabbaabb"];
  for (const [index, secret] of all.entries()) made.remember(`key ${index}`, secret);
  const text = `${all.join(" ")} aaaaaaaabbbbd aaaaaaaabb aaaaaaaabbbbddddd x`;
  const expected =
    "‹redacted: key 0› ‹redacted: key 1› ‹redacted: key 2› ‹redacted: key 3› ‹redacted: key 4› " +
    "‹redacted: key 1›d ‹redacted: key 0›bb ‹redacted: key 3›d x";
  expect(made.text(text)).toBe(expected);
  for (let cut = 0; cut <= text.length; cut += 1) {
    const stream = made.stream();
    expect(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.end()).toBe(expected);
  }
});

test("L8: a secret that stands as a key is taken out, and no entry is lost by it", () => {
  expect(
    redaction().value({ [known]: 1, [`ghp_${part}`]: 2, [`gho_${part}`]: { [known]: [known] } }),
  ).toEqual({
    "‹redacted: model key›": 1,
    "‹redacted: GitHub token›": 2,
    "‹redacted: GitHub token› 2": { "‹redacted: model key›": ["‹redacted: model key›"] },
  });
});

test("L8: a known secret with quotes and backslashes is found in JSON, also in a string of JSON", () => {
  const made = new Redaction();
  const secret = 'pa"ss\\word-\n0123';
  made.remember("model key", secret);
  const inJson = JSON.stringify({ key: secret });
  expect(made.text(inJson)).toBe('{"key":"‹redacted: model key›"}');
  expect(made.text(JSON.stringify({ body: inJson }))).toBe(
    '{"body":"{\\"key\\":\\"‹redacted: model key›\\"}"}',
  );
});

test.each(["ghp_", "gho_", "ghs_", "github_pat_", "glpat-"])(
  "L8: a token that begins with %s is found right behind a letter",
  (begin) => {
    const text = `TOKEN${begin}${part} and x9${begin}${part}`;
    const kind = begin === "glpat-" ? "GitLab token" : "GitHub token";
    const expected = `TOKEN${begin}‹redacted: ${kind}› and x9${begin}‹redacted: ${kind}›`;
    expect(redaction().text(text)).toBe(expected);
    for (let cut = 0; cut <= text.length; cut += 1) expect(inPieces(text, [cut]).whole).toBe(expected);
    expect(
      inPieces(
        text,
        [...text].map((_, cut) => cut),
      ).whole,
    ).toBe(expected);
  },
);
