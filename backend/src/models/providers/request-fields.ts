/** Headers and query of a provider's requests: which of them are secrets, how they are changed, and what of them is shown. */
import type { PutField, ShownField } from "../../protocol/request-field.ts";

/** One header, or one field of the query. A secret is kept as a key is: sent, and never shown. */
export interface RequestField {
  readonly name: string;
  readonly value: string;
  readonly isSecret: boolean;
  /** Nobody said so, and its name does not tell: it is one only to be safe. */
  readonly isGuess?: true | undefined;
}

/** What these hold opens nothing. */
const harmless: ReadonlySet<string> = new Set([
  "anthropic-beta",
  "anthropic-version",
  "api-version",
  "http-referer",
  "openai-beta",
  "openai-organization",
  "openai-project",
  "user-agent",
  "x-title",
]);
const namesOfSecrets = /auth|cookie|credential|key|pass|secret|session|sig|token/i;

/** A name that tells of a secret wins over whoever says that it is none. */
export function isSecretName(name: string, said?: boolean): boolean {
  return namesOfSecrets.test(name) || (said ?? !harmless.has(name.toLowerCase()));
}

/** A field with what is said of it, or with what its name tells. */
export function requestField(name: string, value: string, said?: boolean): RequestField {
  const isSecret = isSecretName(name, said);
  const isGuess = isSecret && said === undefined && !namesOfSecrets.test(name);
  return { name, value, isSecret, ...(isGuess ? { isGuess } : {}) };
}

/** The fields of a query as it was pasted, without its `?`; of one name the last. */
export function pastedQuery(query: string): RequestField[] {
  const found = new Map(
    [...new URLSearchParams(query)].filter(([name, value]) => name !== "" && value !== ""),
  );
  return [...found].map(([name, value]) => requestField(name, value));
}

/** What is wanted, with the kept value where a wanted one has none; what was a secret stays one. */
export function changedFields(wanted: readonly PutField[], kept: readonly RequestField[]): RequestField[] {
  return wanted.flatMap(({ name, value, isSecret }) => {
    const before = keptField(name, kept);
    if (value !== undefined) return [requestField(name, value, isSecret)];
    if (before === undefined) return [];
    return [before.isSecret ? { ...before, name } : requestField(name, before.value, isSecret)];
  });
}

/** The first wanted name that has no value, neither said nor kept; null: all have one. */
export function nameWithoutValue(wanted: readonly PutField[], kept: readonly RequestField[]): string | null {
  return (
    wanted.find(({ name, value }) => value === undefined && keptField(name, kept) === undefined)?.name ?? null
  );
}

/** As the page is told of it. */
export function shownField({ name, value, isSecret }: RequestField): ShownField {
  return { name, value: isSecret ? null : value, isSecret };
}

/** A shorter guess is a number or a version: an error's words would lose their own. */
const shortestGuess = 4;

/** What an endpoint's own words must not repeat: each secret as it may come back, the longest first. */
export function secretTexts(fields: readonly RequestField[]): string[] {
  const secrets = fields.filter(
    ({ value, isSecret, isGuess }) => isSecret && (isGuess !== true || value.length >= shortestGuess),
  );
  return spelled(secrets);
}

/**
 * What no text at all may show. Not a guess that looks like a word: in everything that is read and written from then on, that word
 * would be gone.
 */
export function rememberedTexts(fields: readonly RequestField[]): string[] {
  return spelled(
    fields.filter(({ value, isSecret, isGuess }) => isSecret && (isGuess !== true || isToken(value))),
  );
}

function isToken(value: string): boolean {
  return /^[\w.+/=~-]{16,}$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value);
}

/** Whole, as addresses spell it, and the credential without its scheme. */
function spelled(fields: readonly RequestField[]): string[] {
  const texts = fields
    .flatMap(({ value }) => [value, value.replace(/^(?:Bearer|Basic|Token) +/i, "")])
    .flatMap((text) => [text, ...inAddresses(text)]);
  return [...new Set(texts)].filter((text) => text !== "").sort((one, other) => other.length - one.length);
}

function inAddresses(text: string): string[] {
  const asField = new URLSearchParams([["", text]]).toString().slice(1);
  return [encodeURIComponent(text), asField].flatMap((spelling) => [
    spelling,
    spelling.replaceAll(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase()),
  ]);
}

function keptField(name: string, kept: readonly RequestField[]): RequestField | undefined {
  return kept.find((field) => field.name.toLowerCase() === name.toLowerCase());
}
