/** A command's output as a result shows it. */
import type { ResultLimits } from "../../agent/tool.ts";
import { OutputWindow } from "../../workspace/processes/output-window.ts";
import { testFailures } from "./test-failures.ts";

/** Whole where there is room; else without its middle, or in the small profile, of a test run, its failures and its end. */
export function shownOutput(
  output: string,
  { profile, shellCharacters }: Pick<ResultLimits, "profile" | "shellCharacters">,
): { readonly text: string; readonly isCut: boolean } {
  if (output.trim() === "") return { text: "(no output)", isCut: false };
  const plain = output.replace(/(?<!\n)\n+$/, "");
  if (plain.length <= shellCharacters) return { text: plain, isCut: false };
  const failures = profile === "small" ? testFailures(plain, shellCharacters) : null;
  if (failures !== null) return { text: failures, isCut: true };
  const window = new OutputWindow(shellCharacters);
  window.push(plain);
  return { text: window.text(), isCut: window.omitted > 0 };
}
