/** How full the model's window is: what fills it, what the turn and the session cost, and *Compact*. */
import type { StepsTotal, Transcript, TurnEndEntry } from "../../../../transcript/transcript.ts";
import type { Spent } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatCost, formatCount, formatPercent } from "../../lib/format.ts";
import { openSheet } from "../../lib/sheet.ts";
import { computed, signal } from "../../lib/signal.ts";
import { canDecide } from "../../state/access/device.ts";
import { spentToday, summaryOf } from "../../state/sessions/session-list.ts";
import { contextMeter as words } from "../../text/en-composer.ts";
import type { SessionContext } from "../session/session-context.ts";

/** What the sheet needs of a session's screen. */
export type MeterContext = {
  readonly session: Pick<SessionContext["session"], "id" | "transcript" | "hasOlder" | "summary">;
  readonly compact: SessionContext["compact"];
};

/** Opens the sheet; it follows the session while it is open. */
export function openContextSheet(context: MeterContext, anchor: HTMLElement): void {
  openSheet({
    title: words.title,
    anchor,
    content: (close) => [
      (): Child => Facts(context),
      (): Child => Parts(context.session.transcript.value),
      (): Child => (canDecide() ? CompactRow(context, close) : null),
    ],
  });
}

function Facts({ session }: MeterContext): HTMLElement {
  const transcript = session.transcript.value;
  const { used = null, size = null } = transcript.usage ?? {};
  return h(
    "dl",
    { class: "meter-facts numbers" },
    Fact(words.used, usedText(used, size)),
    Fact(words.window, size === null ? words.unknown : words.tokens(formatCount(size))),
    TurnFact(transcript),
    SessionFact(session),
    Fact(words.today, totalText(spentToday.value)),
  );
}

/** As the machine has added it up; until it has told, what is loaded here. */
function SessionFact({ id, summary, transcript, hasOlder }: MeterContext["session"]): Child {
  const known = summaryOf(id) ?? summary.value;
  // What this browser kept of an older machine does not tell.
  if (known?.spent !== undefined) return Fact(words.session, totalText(known.spent));
  return Fact(words.session, spentText(transcript.value.spent), hasOlder.value ? words.loadedOnly : null);
}

/** `12.4k tokens · $0.04`; where steps did not tell, it was more. */
function totalText({ tokens, cost, stepsWithoutTokens, stepsWithoutCost }: Spent): string {
  const least = (text: string, missing: number) => (missing === 0 ? text : words.atLeast(text));
  const isKnown = (value: number, missing: number) => value > 0 || missing === 0;
  if (!isKnown(tokens, stepsWithoutTokens)) return words.unknown;
  return [
    words.tokens(least(formatCount(tokens), stepsWithoutTokens)),
    isKnown(cost, stepsWithoutCost) ? least(formatCost(cost), stepsWithoutCost) : words.unknown,
  ].join(" · ");
}

/** `24.1k tokens · 19 %`. */
function usedText(used: number | null, size: number | null): string {
  if (used === null) return words.unknown;
  const tokens = words.tokens(formatCount(used));
  return size === null || size === 0 ? tokens : `${tokens} · ${formatPercent(used / size)}`;
}

/** The running turn, else the one that ended last. */
function TurnFact({ turnId, turnSteps, turnTokens, turnCost, entries }: Transcript): Child {
  if (turnId !== null)
    return Fact(words.turn, spentText({ steps: turnSteps, tokens: turnTokens, cost: turnCost }));
  const end = entries.findLast((entry): entry is TurnEndEntry => entry.type === "turn_end");
  return end === undefined
    ? null
    : Fact(words.lastTurn, spentText({ steps: 1, tokens: end.tokens, cost: end.cost }));
}

/** `12.4k tokens · $0.04`; what did not tell is unknown, never 0. */
export function spentText({ steps, tokens, cost }: StepsTotal): string {
  if (steps === 0 || (tokens === null && cost === null)) return words.unknown;
  return [
    words.tokens(tokens === null ? words.unknown : formatCount(tokens)),
    cost === null ? words.unknown : formatCost(cost),
  ].join(" · ");
}

function Fact(name: string, value: string, note: string | null = null): Child {
  return h(
    "div",
    null,
    h("dt", null, name, note === null ? null : h("span", { class: "meter-note" }, note)),
    h("dd", null, value),
  );
}

function Parts({ usage }: Transcript): Child {
  const parts = usage?.parts.filter(({ tokens }) => tokens > 0) ?? [];
  if (parts.length === 0) return null;
  const whole = Math.max(
    1,
    parts.reduce((total, { tokens }) => total + tokens, 0),
  );
  return h(
    "section",
    { class: "meter-parts" },
    h("h3", { class: "option-group-name" }, words.fills),
    h(
      "ul",
      null,
      parts.map(({ name, tokens }) =>
        h(
          "li",
          { class: "meter-part numbers" },
          h("span", { class: "meter-name" }, words.parts[name]),
          h("span", { class: "meter-tokens" }, formatCount(tokens)),
          h(
            "span",
            { class: "meter-bar", "aria-hidden": "true" },
            h("span", { style: { width: `${Math.round((tokens / whole) * 100)}%` } }),
          ),
        ),
      ),
    ),
  );
}

function CompactRow({ session, compact }: MeterContext, close: () => void): HTMLElement {
  const isAsked = signal(false);
  const isBusy = computed(() => session.transcript.value.turnId !== null);
  const act = async () => {
    if (isAsked.peek() || isBusy.peek()) return;
    isAsked.value = true;
    if (await compact()) close();
    else isAsked.value = false;
  };
  return h(
    "div",
    { class: "meter-compact" },
    h(
      "button",
      {
        type: "button",
        class: "button",
        "aria-disabled": () => isAsked.value || isBusy.value,
        onclick: () => void act(),
      },
      () => (isAsked.value ? words.compacting : words.compact),
    ),
    h("p", { class: "muted" }, () => (isBusy.value ? words.notNow : words.compactLine)),
  );
}
