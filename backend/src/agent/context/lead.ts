/** The message that stands for the part of a conversation that a request no longer shows. */
import type { History, HistoryItem } from "../../../../transcript/history.ts";
import type { ModelMessage } from "../model.ts";
import { estimateText } from "../room/token-estimate.ts";
import { personWords } from "./call-facts.ts";
import { isBlank } from "./clean-text.ts";
import { cutText } from "./cut-text.ts";
import { userText } from "./item-messages.ts";
import { workingNotes } from "./notes.ts";

/** What is to be stood for, and how long all of it may be. */
export interface LeadFacts {
  /** All that comes before the first item that is shown. */
  readonly hidden: History;
  /** Of the newest compaction. */
  readonly summary: string | null;
  readonly tokens: number;
}

interface KnownLead {
  readonly facts: LeadFacts;
  readonly messages: readonly ModelMessage[];
}

/** Of the room that there is for all of it, or for the part that it belongs to. */
const shares = {
  notes: 0.3,
  summary: 0.3,
  requests: 0.65,
  requestsBesideSummary: 0.4,
  onlyRequest: 0.9,
  firstRequest: 0.4,
  newestWords: 0.8,
} as const;
const titleTokens = 40;
const fewestWordsTokens = 40;

/** By the first item of a conversation: cuts stay where they are for many requests, and the lead with them. */
const known = new WeakMap<HistoryItem, KnownLead>();

/** `leadText` as a message, the same object for the same facts; none when there is nothing to say. */
export function leadMessages(facts: LeadFacts): readonly ModelMessage[] {
  const [first] = facts.hidden;
  const found = first === undefined ? undefined : known.get(first);
  if (found !== undefined && isSame(found.facts, facts)) return found.messages;
  const content = leadText(facts);
  const messages: ModelMessage[] = isBlank(content) ? [] : [{ role: "user", content }];
  if (first !== undefined) known.set(first, { facts, messages });
  return messages;
}

function isSame(one: LeadFacts, other: LeadFacts): boolean {
  return (
    one.summary === other.summary &&
    one.tokens === other.tokens &&
    one.hidden.length === other.hidden.length &&
    one.hidden.every((item, index) => item === other.hidden[index])
  );
}

/**
 * The first request and the newest words verbatim, or their head and tail; as many of the others as there is room for, newest
 * first; the summary; notes kept by code. The goal is in it, however little room there is.
 */
export function leadText(facts: LeadFacts): string {
  const { hidden, summary, tokens } = facts;
  const notes = workingNotes(hidden, Math.floor(tokens * shares.notes));
  const parts = [
    ...requests(
      hidden,
      Math.floor(tokens * (summary === null ? shares.requests : shares.requestsBesideSummary)),
    ),
    ...(summary === null
      ? []
      : [`# Summary of the work so far\n${cutText(summary, Math.floor(tokens * shares.summary))}`]),
    ...(notes === "" ? [] : [`# Notes on steps that are no longer shown\n${notes}`]),
  ];
  return parts.join("\n\n");
}

/** Prompts, and what was said in answer to a call. */
function saidIn(item: HistoryItem): string[] {
  if (item.type === "user") return [userText(item)];
  return item.type === "step" ? item.calls.map(personWords).filter((words) => words !== null) : [];
}

function requests(hidden: History, tokens: number): string[] {
  const said = hidden.flatMap(saidIn);
  const [first, ...later] = said;
  if (first === undefined) return [];
  const goal = `# The user's first request\n${cutText(first, Math.floor(tokens * (later.length === 0 ? shares.onlyRequest : shares.firstRequest)))}`;
  const kept = newestWithin(later, tokens - estimateText(goal) - titleTokens);
  const left = later.length - kept.length;
  const title =
    left === 0 ? "# What the user said after it" : `# What the user said last (${left} earlier left out)`;
  return kept.length === 0 ? [goal] : [goal, [title, ...kept].join("\n\n")];
}

/** The newest is always kept, cut when it must be. */
function newestWithin(texts: readonly string[], tokens: number): string[] {
  const kept: string[] = [];
  let left = tokens;
  for (const text of texts.toReversed()) {
    const fitting =
      kept.length === 0
        ? cutText(text, Math.max(fewestWordsTokens, Math.floor(left * shares.newestWords)))
        : text;
    left -= estimateText(fitting) + 2;
    if (left < 0 && kept.length > 0) break;
    kept.unshift(fitting);
  }
  return kept;
}
