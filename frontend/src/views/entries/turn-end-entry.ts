/** How a turn ended: one muted line, what went wrong and what can be done about it, and what it changed. */
import type { TurnEndEntry as Entry, Transcript } from "../../../../transcript/transcript.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatChanges, formatCost, formatCount, formatDuration } from "../../lib/format.ts";
import { icon } from "../../lib/icons.ts";
import { computed } from "../../lib/signal.ts";
import { isContinuing } from "../../state/session/own-prompts.ts";
import { isAtWork } from "../../state/session/turns.ts";
import { problemNames, problemText, stopReasons, turnEnd as words } from "../../text/en-session.ts";
import type { SessionContext } from "../session/session-context.ts";
import { article, type EntryView } from "./entry-view.ts";
import { ChangeCounts } from "./tool/change-counts.ts";
import { ToolObject } from "./tool/tool-entry.ts";

const shownFiles = 4;

export const TurnEndEntry: EntryView<"turn_end"> = (entry, context) => {
  const line = computed(() => endLine(entry.value));
  return article(
    "entry-end",
    () => line.value,
    (): Child => Changes(entry.value, context),
    (): Child => Trouble(entry.value, context),
    h("p", { class: "end-line numbers", "aria-hidden": "true" }, () => line.value),
  );
};

/** `Done · 3 m 20 s · 12.4k tokens · $0.04`; what is unknown is left out. */
export function endLine(entry: Entry): string {
  const time = entry.durationMs === null ? "" : formatDuration(entry.durationMs);
  const tokens = entry.tokens === null ? "" : words.tokens(formatCount(entry.tokens));
  const cost = entry.cost === null ? "" : formatCost(entry.cost);
  return [endWord(entry), time, tokens, cost].filter((part) => part !== "").join(" · ");
}

/** What became of a turn: `Done`, `Stopped: by you`, `Interrupted`. */
export function endWord(entry: Entry): string {
  if (entry.state === "interrupted") return words.interrupted;
  if (entry.problem !== null) return `${words.stopped}: ${problemNames[entry.problem.code]}`;
  if (entry.stopReason === null || entry.stopReason === "end_turn") return words.done;
  return `${words.stopped}: ${stopReasons[entry.stopReason]}`;
}

function Trouble(entry: Entry, context: SessionContext): Child {
  const isLast = computed(() => isOpenEnd(context.session.transcript.value, entry.id));
  const text = troubleText(entry);
  if (text === null) return null;
  return h(
    "div",
    { class: "trouble", "data-tone": entry.state === "interrupted" ? "warn" : "danger" },
    icon(entry.state === "interrupted" ? "interrupted" : "alert"),
    h("p", { dir: "auto" }, text),
    // Only the last turn can be gone on with.
    (): Child =>
      isLast.value ? h("div", { class: "trouble-actions" }, troubleActions(entry, context)) : null,
  );
}

/** Nothing came after this turn but notices, such as that of another model. */
function isOpenEnd({ entries, state }: Pick<Transcript, "entries" | "state">, id: string): boolean {
  return !isAtWork(state) && entries.findLast(({ type }) => type !== "notice")?.id === id;
}

function troubleText(entry: Entry): string | null {
  if (entry.state === "interrupted") return words.interruptedText;
  if (entry.problem !== null) return problemText(entry.problem);
  return entry.stopReason === "max_turn_requests" ? words.stepLimitText : null;
}

function troubleActions(entry: Entry, context: SessionContext): readonly Child[] {
  const isAsked = isContinuing(context.session.id);
  const goOn = (label: string) =>
    action(label, () => isAsked.peek() || context.continueTurn(), { isInert: () => isAsked.value });
  const model = (label: string) => action(label, () => context.chooseModel());
  if (entry.state === "interrupted" || entry.problem === null) return [goOn(words.continue)];
  switch (entry.problem.code) {
    case "model_missing":
    case "model_gone":
    case "model_not_found":
      return [model(words.chooseAnother), goOn(words.tryAgain)];
    case "model_auth":
    case "model_sign_in":
    case "model_quota":
    case "model_rate_limit":
    case "model_content_filter":
    case "model_invalid_request":
      return [goOn(words.tryAgain), model(words.chooseModel)];
    case "model_context_overflow":
      return [action(words.compact, () => void compactAndRetry(context)), model(words.chooseModel)];
    case "compaction_stuck":
      return [
        action(words.compact, () => void compactAndRetry(context)),
        model(words.chooseModel),
        goOn(words.continue),
      ];
    case "model_unreachable":
    case "model_unavailable":
    case "model_truncated":
    case "model_timeout":
    case "model_invalid_response":
    case "not_saving":
    case "internal":
      return [goOn(words.tryAgain)];
  }
}

async function compactAndRetry(context: SessionContext): Promise<void> {
  if (await context.compact()) context.continueTurn();
}

function action(
  label: string,
  run: () => void,
  { isInert = () => false }: { readonly isInert?: () => boolean } = {},
): HTMLElement {
  return h("button", { type: "button", class: "button", "aria-disabled": isInert, onclick: run }, label);
}

function Changes(entry: Entry, context: SessionContext): Child {
  const { changes, turnId } = entry;
  if (changes === null || turnId === null || changes.fileCount === 0) return null;
  const shown = changes.files.slice(0, shownFiles);
  const more = changes.fileCount - shown.length;
  return h(
    "section",
    {
      class: "changes-card",
      "aria-label": `${words.files(changes.fileCount)}, ${formatChanges(changes.added, changes.removed)}`,
    },
    h(
      "p",
      { class: "changes-head numbers" },
      h("span", null, words.files(changes.fileCount)),
      ChangeCounts(changes),
    ),
    h(
      "ul",
      null,
      shown.map((file) =>
        h(
          "li",
          null,
          FileRow(file, () => context.review(turnId, file.path)),
        ),
      ),
    ),
    more > 0 ? h("p", { class: "changes-more" }, words.andMore(more)) : null,
    h(
      "button",
      { type: "button", class: "button review-button", onclick: () => context.review(turnId) },
      words.review,
    ),
  );
}

type File = NonNullable<Entry["changes"]>["files"][number];

function FileRow(file: File, open: () => void): HTMLElement {
  return h(
    "button",
    { type: "button", class: "file-row", onclick: open },
    ToolObject({ object: file.path, isPath: true }),
    h("span", { class: "tool-result" }, ChangeCounts(file)),
  );
}
