/** Compaction: the part of a conversation that requests no longer show is told as a summary, which the model itself writes. */
import type { History, HistoryItem } from "../../../../transcript/history.ts";
import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import { cleanText } from "../context/clean-text.ts";
import { cutText } from "../context/cut-text.ts";
import { userText } from "../context/item-messages.ts";
import type { ModelEndEvent, ModelRequest } from "../model.ts";
import type { Room } from "../room/room.ts";
import { estimateText } from "../room/token-estimate.ts";
import type { Profile } from "../tool.ts";
import { effectiveCompaction, idOf } from "./effective-compaction.ts";

type CompactionUpdate = Extract<SessionUpdate, { sessionUpdate: "compaction_update" }>;

/** What is to be summarised, and why. */
export interface CompactionNeed {
  readonly compactionId: string;
  readonly model: string;
  readonly room: Room;
  readonly trigger: CompactionUpdate["trigger"];
  /** So many items, from the first, are to be told as a summary. */
  readonly until: number;
  /** Tokens of a request that tells this conversation whole. */
  sizeOf(history: History): number;
}

export type CompactionEnd =
  | { readonly type: "completed" }
  /** A summary would be no shorter than what it stands for: the conversation stays as it is. */
  | { readonly type: "no_gain" }
  | { readonly type: "failed"; readonly problem: NonNullable<CompactionUpdate["problem"]> };

const summaryTokens: Readonly<Record<Profile, number>> = { small: 250, medium: 700, standard: 1_500 };
const resultCharacters = 2_000;
const unknownRoomTokens = 60_000;
/** No summary that is of use is shorter. */
const leastSummaryTokens = 50;
/** Words of the model, in characters, from which on there may be decisions in them that notes do not hold. */
const decisionCharacters = 400;

const rules = `You write down the state of a coding agent's work, so that it can go on without the conversation. You are shown a part of it; do not continue it, do not call tools, do not answer it.
Use these headings, leave out those with nothing under them: Goal, User's rules, Done, In progress, Decisions, Next steps, Exact errors. Short lines; names, paths and error texts exactly. What was said earlier and is no longer true is left out.`;

/** Whether what would be hidden holds more than code can note: what the model has thought out, or asked. */
export function holdsDecisions(hidden: History): boolean {
  const said = hidden.reduce((sum, item) => sum + (item.type === "step" ? item.text.length : 0), 0);
  return said >= decisionCharacters;
}

/**
 * Has the model sum up and writes the summary into the log, unless there is nothing to gain by it; never throws. The log keeps all
 * of the conversation.
 */
export async function compactHistory(
  turn: AgentTurn,
  parts: AgentParts,
  need: CompactionNeed,
): Promise<CompactionEnd> {
  const { compactionId, trigger, sizeOf } = need;
  const base = { sessionUpdate: "compaction_update", compactionId, trigger } as const;
  const history = turn.history();
  const beforeTokens = sizeOf(history);
  const first = history[need.until];
  const kept = first === undefined ? null : idOf(first);
  const withSummary = (summary: string) =>
    sizeOf([...history, { type: "compaction", compactionId, summary, keepFrom: kept }]);
  const noGain = (afterTokens: number): CompactionEnd => {
    turn.emit({ ...base, status: "failed", reason: "no_gain", beforeTokens, afterTokens });
    return { type: "no_gain" };
  };
  const leastTokens = withSummary("") + leastSummaryTokens;
  // Nobody pays for what is known beforehand.
  if (leastTokens >= beforeTokens) return noGain(leastTokens);
  turn.emit({ ...base, status: "in_progress", beforeTokens });
  const written = await summarise(turn, parts, { ...need, history });
  if (typeof written !== "string") {
    turn.emit({ ...base, status: "failed", problem: written });
    return { type: "failed", problem: written };
  }
  const afterTokens = withSummary(written);
  if (afterTokens >= beforeTokens) return noGain(afterTokens);
  const keepFrom = kept === null ? {} : { keepFrom: kept };
  turn.emit({ ...base, status: "completed", summary: written, ...keepFrom, beforeTokens, afterTokens });
  return { type: "completed" };
}

type Summarising = CompactionNeed & { readonly history: History };

/** Each try is shown less: results cut, results left out, the last few items alone. */
async function summarise(
  turn: AgentTurn,
  parts: AgentParts,
  need: Summarising,
): Promise<string | NonNullable<CompactionUpdate["problem"]>> {
  const tries = [
    { resultCharacters, items: Number.POSITIVE_INFINITY },
    { resultCharacters: 100, items: Number.POSITIVE_INFINITY },
    { resultCharacters: 100, items: 5 },
  ];
  let problem: NonNullable<CompactionUpdate["problem"]> = { code: "model_context_overflow" };
  for (const shown of tries) {
    const { text, ended } = await answer(turn, parts, summaryRequest(parts, need, shown));
    emitUsage(turn, need, ended);
    if (turn.signal.aborted) return { code: "model_truncated" };
    const summary = cleanText(text).trim();
    if (ended.end.type !== "problem" && summary !== "")
      return cutText(summary, summaryTokens[need.room.profile] * 2);
    problem = ended.end.type === "problem" ? ended.end.problem : { code: "model_invalid_response" };
    if (problem.code !== "model_context_overflow") return problem;
  }
  return problem;
}

function summaryRequest(
  parts: AgentParts,
  need: Summarising,
  shown: { resultCharacters: number; items: number },
): ModelRequest {
  const { history, room, until } = need;
  const earlier = effectiveCompaction(history);
  const part = history.slice(earlier?.covered ?? 0, until).slice(-Math.min(shown.items, history.length));
  const text = part.map((item) => itemText(item, shown.resultCharacters)).join("\n\n");
  const most = summaryTokens[room.profile];
  const output = most + Math.floor(most / 2);
  const before = earlier === null ? "" : `<earlier_summary>\n${earlier.summary}\n</earlier_summary>\n\n`;
  const free = Math.floor((room.budgetTokens ?? unknownRoomTokens) / parts.factor.value) - output;
  const left = Math.max(100, free - estimateText(rules) - estimateText(before) - 100);
  const ask =
    earlier === null
      ? `Write the state in at most ${Math.floor(most * 0.7)} words.`
      : `Bring the earlier summary up to date with this part, in at most ${Math.floor(most * 0.7)} words.`;
  const content = `${before}<conversation>\n${cutText(text, left)}\n</conversation>\n\n${ask}`;
  return {
    model: need.model,
    messages: [
      { role: "system", content: rules },
      { role: "user", content },
    ],
    tools: [],
    ...(room.profile === "standard" ? {} : { maxOutputTokens: output }),
  };
}

/** As text, so that the model does not go on with it. */
function itemText(item: HistoryItem, longest: number): string {
  switch (item.type) {
    case "user":
      return `User: ${userText(item)}`;
    case "compaction":
      return "";
    case "step":
      return [
        `Agent: ${item.text}`,
        ...item.calls.map(({ call, result }) => {
          const written = call.arguments.slice(0, 300);
          return `[${call.name} ${written}]\n${(result ?? "no result").slice(0, longest)}`;
        }),
      ].join("\n");
  }
}

async function answer(
  turn: AgentTurn,
  parts: AgentParts,
  request: ModelRequest,
): Promise<{ text: string; ended: ModelEndEvent }> {
  let text = "";
  const broken = (detail?: string): ModelEndEvent => {
    const problem = { code: "model_truncated", ...(detail === undefined ? {} : { detail }) } as const;
    return {
      type: "end",
      end: { type: "problem", problem, retryable: false },
      calls: [],
      usage: null,
      contextWindow: null,
    };
  };
  try {
    for await (const event of parts.model.stream(request, turn.signal)) {
      if (event.type === "end") return { text, ended: event };
      if (event.type === "text" && text.length < 100_000) text += event.text;
      if (turn.signal.aborted) break;
    }
    return { text, ended: broken() };
  } catch (error) {
    // A model must not throw: should one do it all the same, there is no summary.
    return { text, ended: broken(error instanceof Error ? error.message : String(error)) };
  }
}

/** What it cost is the turn's; what fills the window is told by the next step. */
function emitUsage(turn: AgentTurn, { compactionId, room }: CompactionNeed, { usage }: ModelEndEvent): void {
  if (usage === null) return;
  turn.emit(
    { sessionUpdate: "usage_update", used: null, size: room.limitTokens, ...usage },
    { stepId: compactionId },
  );
}
