/** What highlighted source is made of. */
export type SyntaxRole =
  | "keyword"
  | "string"
  | "number"
  | "function"
  | "type"
  | "tag"
  | "attribute"
  | "comment";

/** Neighbouring text with one role; null is ordinary text. Joined, the runs are the source. */
export interface SyntaxRun {
  readonly text: string;
  readonly role: SyntaxRole | null;
}
