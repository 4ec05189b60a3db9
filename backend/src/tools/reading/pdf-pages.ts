/** The text of a PDF by its pages, through `pdftotext` where it is installed. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { childEnvironment } from "../../workspace/processes/child-environment.ts";
import { systemErrorCode } from "../../workspace/workspace-error.ts";

export interface PageRange {
  /** 1-based, both included. */
  readonly from: number;
  readonly to: number;
}

export type PdfText =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "past_the_end"; readonly pageCount: number }
  | { readonly type: "missing_program" }
  | { readonly type: "failed"; readonly reason: string };

const timeLimitMs = 20_000;
const longestTextCharacters = 2_000_000;
/** Warnings may stand before what went wrong. */
const longestComplaintCharacters = 4_000;
const longestReasonCharacters = 300;

/** `3`, `2-5`, `4-`; null when it is none of these. */
export function pageRange(text: string, pagesAtOnce: number): PageRange | null {
  const [, first = "", dash, last = ""] = /^\s*(\d{1,6})\s*(?:(-)\s*(\d{1,6})?)?\s*$/.exec(text) ?? [];
  const from = Math.max(1, Number(first));
  if (first === "") return null;
  if (dash === undefined) return { from, to: from };
  const to = last === "" ? from + pagesAtOnce - 1 : Number(last);
  return to < from ? null : { from, to: Math.min(to, from + pagesAtOnce - 1) };
}

/** Never rejects but when the signal aborts. The program gets the bytes, not the path. */
export function pdfText(
  bytes: Buffer,
  pages: PageRange,
  at: { root: string; signal: AbortSignal },
): Promise<PdfText> {
  const child = startProgram(pages, at.root);
  const stop = (): void => void child.kill("SIGKILL");
  at.signal.addEventListener("abort", stop, { once: true });
  const texts = textsOf(child);
  // A program that ends before it has read everything closes its input: its exit code says what happened.
  child.stdin.on("error", () => undefined);
  child.stdin.end(bytes);
  return new Promise<PdfText>((resolve, reject) => {
    child.once("error", (error) => {
      resolve(
        systemErrorCode(error) === "ENOENT"
          ? { type: "missing_program" }
          : { type: "failed", reason: error.message },
      );
    });
    child.once("close", (code) => {
      if (at.signal.aborted) reject(at.signal.reason);
      else if (code === 0) resolve({ type: "text", text: texts.out });
      else resolve(failureOf(texts.complaint) ?? { type: "failed", reason: `pdftotext ended with ${code}` });
    });
  }).finally(() => at.signal.removeEventListener("abort", stop));
}

/** What poppler says on its standard error, of which the first line is enough; null: nothing. */
function failureOf(complaint: string): PdfText | null {
  const [, pageCount] =
    /the first page \(\d+\) can not be after the last page \((\d{1,9})\)/.exec(complaint) ?? [];
  if (pageCount !== undefined) return { type: "past_the_end", pageCount: Number(pageCount) };
  const [reason = ""] = complaint.trim().split("\n");
  return reason === "" ? null : { type: "failed", reason: reason.slice(0, longestReasonCharacters) };
}

function startProgram({ from, to }: PageRange, root: string): ChildProcessWithoutNullStreams {
  return spawn("pdftotext", ["-enc", "UTF-8", "-f", String(from), "-l", String(to), "-", "-"], {
    env: childEnvironment(process.env, root),
    stdio: ["pipe", "pipe", "pipe"],
    timeout: timeLimitMs,
    killSignal: "SIGKILL",
  });
}

/** What it has written so far, each cut. */
function textsOf(child: ChildProcessWithoutNullStreams): { out: string; complaint: string } {
  const texts = { out: "", complaint: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    texts.out += text.slice(0, Math.max(0, longestTextCharacters - texts.out.length));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    texts.complaint = (texts.complaint + text).slice(0, longestComplaintCharacters);
  });
  return texts;
}
