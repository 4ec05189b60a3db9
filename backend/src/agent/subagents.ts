/** Subagents: an agent with a fresh context works on one task for a call, and reports. It may never do more than its parent. */
import type { HistoryItem } from "../../../transcript/history.ts";
import type { AgentParts, AgentTurn, TurnOutcome } from "./agent-turn.ts";
import { cutText } from "./context/cut-text.ts";
import type { Profile, SubagentReport, SubagentTask, Tool } from "./tool.ts";
import { createToolBook, type ToolBook } from "./tool-book.ts";

const most = 4;
/** In one turn: each may ask the model 25 times. */
const mostInTurn = 20;
const mostStepsInTurn = 200;
const reportTokens: Readonly<Record<Profile, number>> = { small: 300, medium: 1_000, standard: 2_000 };
/** What belongs to the conversation with the person, or would start subagents of its own. */
const parentsOwn = new Set(["task", "todo", "ask", "exit_plan"]);
const searching = new Set(["read", "search", "fetch"]);

/** Runs one turn; given by the loop, of which a subagent's turn is another run. */
export type RunSubturn = (turn: AgentTurn, parts: AgentParts, budget: StepBudget) => Promise<TurnOutcome>;

/** Steps that the subagents of a turn may still take, together. */
export interface StepBudget {
  left: number;
}

export interface Delegation {
  readonly task: SubagentTask;
  /** The call that it works for. */
  readonly toolCallId: string;
  readonly profile: Profile;
}

/** The subagents of one turn: at most four at once, the others wait. */
export class Subagents {
  readonly #turn: AgentTurn;
  readonly #parts: AgentParts;
  readonly #run: RunSubturn;
  readonly #waiting: (() => void)[] = [];
  readonly #budget: StepBudget = { left: mostStepsInTurn };
  #running = 0;
  #started = 0;

  constructor(turn: AgentTurn, parts: AgentParts, run: RunSubturn) {
    this.#turn = turn;
    this.#parts = parts;
    this.#run = run;
  }

  /** Resolves with the report, also of one that failed; never rejects. */
  async delegate(delegation: Delegation): Promise<SubagentReport> {
    this.#started += 1;
    if (this.#started > mostInTurn || this.#budget.left <= 0) return unstarted;
    await this.#enter();
    try {
      return await this.#work(delegation);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #enter(): Promise<void> {
    while (this.#running >= most) await new Promise<void>((next) => this.#waiting.push(next));
    this.#running += 1;
  }

  async #work({ task, toolCallId, profile }: Delegation): Promise<SubagentReport> {
    const usage = { steps: 0, tokens: 0, isKnown: true };
    const asked = { ...task, prompt: `${task.prompt}\n\n${orders(profile)}` };
    const turn = subturn(this.#turn, { task: asked, toolCallId, usage });
    const tools = toolsFor(this.#parts.tools, task.kind);
    const end = await this.#run(turn, { ...this.#parts, tools, endedJobs: () => [] }, this.#budget);
    const said = lastWords(turn);
    const text = cutText(reportOf(end, said), reportTokens[profile]);
    const tokens = usage.isKnown && usage.steps > 0 ? usage.tokens : null;
    return { text, steps: usage.steps, tokens, failed: end.stopReason !== "end_turn" || said === "" };
  }
}

const unstarted: SubagentReport = {
  text: "No more subagents can be started in this turn. Do this part yourself.",
  steps: 0,
  tokens: null,
  failed: true,
};

function orders(profile: Profile): string {
  const words = Math.floor(reportTokens[profile] * 0.6);
  return `(You work on this alone; nobody answers questions. Your last message is the report, and all that is read of your work: at most ${words} words, with path:line for what you found.)`;
}

interface Nested {
  readonly task: SubagentTask;
  readonly toolCallId: string;
  readonly usage: { steps: number; tokens: number; isKnown: boolean };
}

/** Its steps are told under the call that it works for. The mode stays its parent's, and only a person changes that. */
function subturn(parent: AgentTurn, { task, toolCallId, usage }: Nested): AgentTurn {
  const prompt = [{ type: "text" as const, text: task.prompt }];
  const first: HistoryItem = { type: "user", messageId: `${toolCallId}-task`, content: prompt };
  return {
    ...parent,
    turnId: toolCallId,
    prompt,
    history: () => [first, ...parent.history(toolCallId)],
    takeSteered: () => Promise.resolve([]),
    setMode: () => undefined,
    emit(update, place) {
      if (update.sessionUpdate === "plan" || update.sessionUpdate === "current_mode_update") return;
      if (update.sessionUpdate === "usage_update") {
        const { inputTokens, outputTokens } = update;
        usage.steps += 1;
        usage.tokens += (inputTokens ?? 0) + (outputTokens ?? 0);
        if (inputTokens === null || outputTokens === null) usage.isKnown = false;
      }
      parent.emit(update, { ...place, parentToolCallId: toolCallId });
    },
    emitDurable: (update, place) => parent.emitDurable(update, { ...place, parentToolCallId: toolCallId }),
  };
}

const books = new WeakMap<ToolBook, Map<SubagentTask["kind"], ToolBook>>();

function toolsFor(book: ToolBook, kind: SubagentTask["kind"]): ToolBook {
  const made = books.get(book) ?? new Map<SubagentTask["kind"], ToolBook>();
  books.set(book, made);
  const found = made.get(kind) ?? createToolBook(book.tools.filter((tool) => isGiven(tool, kind)));
  made.set(kind, found);
  return found;
}

function isGiven(tool: Tool, kind: SubagentTask["kind"]): boolean {
  if (parentsOwn.has(tool.name) || tool.kind === "switch_mode" || tool.offer === "plan") return false;
  return kind === "general" || (tool.readOnly && (searching.has(tool.kind) || tool.name === "recall"));
}

function lastWords(turn: AgentTurn): string {
  const said = turn.history().findLast((item) => item.type === "step" && item.text.trim() !== "");
  return said?.type === "step" ? said.text.trim() : "";
}

function reportOf({ stopReason, problem }: TurnOutcome, said: string): string {
  if (stopReason === "end_turn") return said === "" ? "The subagent ended without a report." : said;
  const why = problem === undefined ? stopReason : [problem.code, problem.detail].filter(Boolean).join(": ");
  return `The subagent did not finish (${why}).${said === "" ? "" : ` Its last words: ${said}`}`;
}
