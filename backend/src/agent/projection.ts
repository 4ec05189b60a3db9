/**
 * Makes the request's messages out of the conversation: in an order that a strict endpoint takes whatever the log holds, also when
 * it breaks off anywhere. Each call is followed at once by exactly one result, nothing is empty; the client spells ids, names and texts.
 * Within a budget old results give way first, then whole steps: notes and the user's own words stand for them.
 */

import type { History } from "../../../transcript/history.ts";
import type { ContextPart } from "../protocol/session-update.ts";
import { effectiveCompaction } from "./compaction/effective-compaction.ts";
import { isBlank } from "./context/clean-text.ts";
import { cutText } from "./context/cut-text.ts";
import { findCuts } from "./context/cuts.ts";
import { fitted } from "./context/fit.ts";
import { type RenderedItem, type Rendering, renderItem } from "./context/item-messages.ts";
import { leadMessages, leadText } from "./context/lead.ts";
import { pointingSteps } from "./context/repeated-results.ts";
import { callCount } from "./context/result-ids.ts";
import { todoWords } from "./context/todo-words.ts";
import { merged } from "./context/valid-messages.ts";
import type { ModelMessage } from "./model.ts";
import { estimateMessage, estimateMessages } from "./room/token-estimate.ts";
import type { Profile } from "./tool.ts";

/** What stands around the conversation in a request, and how long it may be. */
export interface ProjectionOptions {
  readonly systemPrompt: string;
  /** Tokens that the messages may take, by estimate; null: no limit is known. */
  readonly budgetTokens: number | null;
  /** Words for this request alone: the mode, what went wrong. Added after everything else. */
  readonly reminders: readonly string[];
  /** `standard` when absent. */
  readonly profile?: Profile;
  /** Whether pictures are sent or only named; `attached` when absent. */
  readonly pictures?: Rendering["pictures"];
  /** Whether calls are sent as such or told in words; `native` when absent. */
  readonly calls?: Rendering["calls"];
}

/** A request's messages, and what became of the conversation in them. */
export interface Projection {
  readonly messages: readonly ModelMessage[];
  /** By estimate. */
  readonly tokens: number;
  readonly parts: readonly { readonly name: ContextPart; readonly tokens: number }[];
  /** Items from the first that are not shown, and how many of them the summary covers. */
  readonly hidden: number;
  readonly summarised: number;
  /** Items from the first that are shortened or not shown; all, where even the rest had to be cut. */
  readonly shortened: number;
}

const resultTokens: Readonly<Record<Profile, number>> = { small: 2_000, medium: 7_000, standard: 25_000 };
/** For words that change from request to request: room is kept for them always, so that they move no cut. */
const reminderTokens = 300;
const leadShare = 0.35;
const mostLeadTokens = 24_000;

/** Pure; the same history gives the same messages. Over its budget only when the system prompt alone is. */
export function projection(history: History, options: ProjectionOptions): Projection {
  const system: ModelMessage = { role: "system", content: options.systemPrompt };
  const shape = shapeOf(history, options, estimateMessage(system));
  const lead = leadMessage(history, shape);
  const todo = todoWords(history, shape.cuts.whole);
  const reminders = remindersOf([...options.reminders, ...(todo === null ? [] : [todo])]);
  const requestWith = (shown: readonly ModelMessage[]) => merged([system, ...lead, ...shown, ...reminders]);
  const pointing = requestWith(shownMessages(shape, shape.pointing));
  const budget = options.budgetTokens ?? Number.POSITIVE_INFINITY;
  const isCut = estimateMessages(pointing) > budget;
  // What is cut further may be what a pointer points at.
  const messages = isCut
    ? within(requestWith(shownMessages(shape, new Map())), budget, { history, system })
    : pointing;
  return {
    messages,
    tokens: estimateMessages(messages),
    parts: partsOf(messages, estimateMessages(lead)),
    hidden: shape.cuts.shown,
    summarised: shape.covered,
    shortened: isCut ? history.length : shape.cuts.whole,
  };
}

interface Shape {
  /** None of them points at another. */
  readonly items: readonly RenderedItem[];
  /** Those that may point, by their place, while what they point at is shown whole. */
  readonly pointing: ReadonlyMap<number, PointingItem>;
  readonly cuts: { readonly shown: number; readonly whole: number };
  readonly covered: number;
  readonly summary: string | null;
  readonly leadTokens: number;
}

function shapeOf(history: History, options: ProjectionOptions, systemTokens: number): Shape {
  const profile = options.profile ?? "standard";
  const budget = options.budgetTokens ?? Number.POSITIVE_INFINITY;
  const room = Math.max(0, budget - systemTokens - reminderTokens);
  const rendering: Rendering = {
    resultTokens: Math.min(resultTokens[profile], Math.max(60, Math.floor(room * 0.5))),
    userTokens: Math.max(60, Math.min(mostLeadTokens, Math.floor(room * 0.15))),
    pictures: options.pictures ?? "attached",
    calls: options.calls ?? "native",
  };
  const compaction = effectiveCompaction(history);
  const covered = compaction?.covered ?? 0;
  const { items, pointing } = renderedItems(history, covered, rendering);
  const leadTokens = Math.min(mostLeadTokens, Math.floor(room * leadShare));
  const sizes = items.map(({ wholeTokens, shortTokens }, index) => {
    const endsRequest = history[index + 1]?.type === "step";
    return { whole: wholeTokens, short: shortTokens, endsRequest };
  });
  const cuts =
    options.budgetTokens === null
      ? { shown: covered, whole: covered }
      : findCuts(sizes, { tokens: room, leadTokens, covered });
  return { items, pointing, cuts, covered, summary: compaction?.summary ?? null, leadTokens };
}

const unseen: RenderedItem = { whole: [], wholeTokens: 0, short: [], shortTokens: 0 };

interface PointingItem {
  readonly rendered: RenderedItem;
  /** The first item that must be shown whole for it. */
  readonly pointsTo: number;
}

/**
 * The summary stands for the first `covered`: they are shown in no form. Those that point are counted as if they did not: they
 * may have to speak for themselves.
 */
function renderedItems(
  history: History,
  covered: number,
  rendering: Rendering,
): Pick<Shape, "items" | "pointing"> {
  const steps = pointingSteps(history, rendering.resultTokens);
  const pointing = new Map<number, PointingItem>();
  let callsBefore = 0;
  const items = history.map((item, index) => {
    const step = steps.get(index);
    const isSeen = index >= covered;
    const rendered = isSeen ? renderItem(step?.plain ?? item, callsBefore, rendering) : unseen;
    if (isSeen && step !== undefined)
      pointing.set(index, {
        rendered: renderItem(step.pointing, callsBefore, rendering),
        pointsTo: step.pointsTo,
      });
    callsBefore += callCount(item);
    return rendered;
  });
  return { items, pointing };
}

function leadMessage(history: History, shape: Shape): readonly ModelMessage[] {
  const { cuts, summary, leadTokens } = shape;
  if (cuts.shown === 0 && summary === null) return [];
  return leadMessages({ hidden: history.slice(0, cuts.shown), summary, tokens: leadTokens });
}

function shownMessages({ items, cuts }: Shape, pointing: Shape["pointing"]): ModelMessage[] {
  return items.flatMap((item, index) => {
    if (index < cuts.shown) return [];
    if (index < cuts.whole) return [...item.short];
    const pointer = pointing.get(index);
    const isPointing = pointer !== undefined && pointer.pointsTo >= cuts.whole;
    return [...(isPointing ? pointer.rendered : item).whole];
  });
}

function remindersOf(words: readonly string[]): ModelMessage[] {
  const content = words.filter((text) => text.trim() !== "").join("\n");
  return content === "" ? [] : [{ role: "user", content: `<reminder>\n${content}\n</reminder>` }];
}

interface Whole {
  readonly history: History;
  readonly system: ModelMessage;
}

/** What the cuts could not bring within the budget: one step alone may be longer than that. */
function within(
  messages: readonly ModelMessage[],
  budgetTokens: number,
  { history, system }: Whole,
): readonly ModelMessage[] {
  const cut = fitted(messages, budgetTokens);
  if (estimateMessages(cut) <= budgetTokens) return cut;
  const room = Math.max(40, budgetTokens - estimateMessage(system) - 8);
  const summary = effectiveCompaction(history)?.summary ?? null;
  const text = leadText({ hidden: history, summary, tokens: room });
  if (isBlank(text)) return cut;
  return [system, { role: "user", content: cutText(text, room) }];
}

function partsOf(messages: readonly ModelMessage[], leadTokens: number): Projection["parts"] {
  const sum = (of: (message: ModelMessage) => boolean) => estimateMessages(messages.filter(of));
  const spoken = sum(({ role }) => role === "user" || role === "assistant");
  const notes = Math.min(leadTokens, spoken);
  return [
    { name: "system", tokens: sum(({ role }) => role === "system") },
    { name: "notes", tokens: notes },
    { name: "messages", tokens: spoken - notes },
    { name: "results", tokens: sum(({ role }) => role === "tool") },
  ];
}
