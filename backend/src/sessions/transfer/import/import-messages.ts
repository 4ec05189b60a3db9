/** What the server and the thread that reads an import say to each other. */
import type { KnownSecret } from "../../../workspace/redaction/known-secrets.ts";
import type { SessionConflict } from "../../session-conflict.ts";
import type { ImportHead } from "./import-file.ts";

/** What the thread is given at its start. */
export interface ImportTask {
  readonly bytes: Uint8Array;
  readonly now: Date;
  readonly secrets: readonly KnownSecret[];
}

/** What the thread answers: at its start, then to each word `next`. */
export type ImportAnswer =
  | { readonly type: "head"; readonly head: ImportHead }
  | { readonly type: "lines"; readonly bytes: Uint8Array }
  | { readonly type: "end" }
  | ({ readonly type: "refused" } & Pick<SessionConflict, "code" | "message">);
