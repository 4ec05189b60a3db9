/** Calls and results in words: for an endpoint that takes neither, and for calls that no model made in its own form. */
import type { HistoryCall } from "../../../../transcript/history.ts";
import type { ImageContent } from "../../protocol/content.ts";
import type { ModelMessage } from "../model.ts";
import { callFacts, gist, hasPassed } from "./call-facts.ts";

const longestCall = 640;

/** What was not called, or what the endpoint knows no form for, is told in words. */
export function isTold({ call }: HistoryCall, { calls }: { readonly calls: "native" | "told" }): boolean {
  return calls === "told" || call.madeBy !== undefined;
}

/** A call as its model might have written it. */
export function toldCall({ call }: HistoryCall): string {
  return `(Called ${call.name} with ${call.arguments.slice(0, longestCall)})`;
}

/** A call with what of its result is shown. */
export interface ToldResult {
  readonly call: HistoryCall;
  readonly content: string;
  readonly images?: readonly ImageContent[];
}

/** One message of the user's for all of them; checks that failed stand before those that passed, of which only that is told. */
export function toldResults(given: readonly ToldResult[]): ModelMessage[] {
  if (given.length === 0) return [];
  const results = [...given.filter((one) => !isPassed(one)), ...given.filter(isPassed)];
  const images = results.flatMap((result) => result.images ?? []);
  const content = results
    .map(
      (result) =>
        `${toldTitle(result.call)}\n${isPassed(result) ? `passed: ${gist(result.call)}` : result.content}`,
    )
    .join("\n\n");
  return [{ role: "user", content, ...(images.length === 0 ? {} : { images }) }];
}

function toldTitle(call: HistoryCall): string {
  const { name, object } = callFacts(call);
  return call.call.madeBy === "check"
    ? `Check after your edits, \`${object}\`:`
    : `Result of ${[name, object].filter((part) => part !== "").join(" ")}:`;
}

function isPassed({ call }: ToldResult): boolean {
  return call.call.madeBy === "check" && hasPassed(call);
}
