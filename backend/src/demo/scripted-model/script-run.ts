/** Where a script stands: the next step, what each rule has answered, and what went against the script. */

import type { ChatRequest } from "./chat-request.ts";
import { type Conversation, readConversation } from "./conversation.ts";
import { matchesPattern, unmetExpectations } from "./expectation.ts";
import type { ReplySource, Script, ScriptedError, ScriptedReply, ScriptStep } from "./script.ts";

/** `from` names what answers: `step 3`, a rule's name, or `fallback`. */
export type Answer =
  | {
      readonly type: "reply";
      readonly from: string;
      readonly reply: ScriptedReply;
      readonly conversation: Conversation;
    }
  | { readonly type: "error"; readonly from: string; readonly error: ScriptedError }
  | { readonly type: "exhausted" };

/** `request` is the number of the request in the log, 1-based. */
export interface Violation {
  readonly request: number;
  readonly reason: string;
}

interface Candidate {
  readonly from: string;
  readonly step: ScriptStep;
  readonly isMainStep: boolean;
}

export class ScriptRun {
  readonly #script: Script;
  #position = 0;
  #violations: Violation[] = [];
  #errorsGiven = new Map<string, number>();
  #uses = new Map<string, number>();

  constructor(script: Script) {
    this.#script = script;
  }

  /** The index of the step that comes next, 0-based. */
  get position(): number {
    return this.#position;
  }

  get isDone(): boolean {
    return this.#position >= (this.#script.steps?.length ?? 0);
  }

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  reset(): void {
    this.#position = 0;
    this.#violations = [];
    this.#errorsGiven.clear();
    this.#uses.clear();
  }

  goto(position: number): void {
    this.#position = position;
  }

  report(request: number, reason: string): void {
    this.#violations.push({ request, reason });
  }

  /** Takes the script one request further. Rejects when the script's own code throws. */
  async answer(request: ChatRequest, number: number): Promise<Answer> {
    const conversation = readConversation(request, this.#script.toolNames);
    const candidate = this.#choose(conversation);
    if (!candidate) {
      this.report(number, "a request beyond the script");
      return { type: "exhausted" };
    }
    const { from, step } = candidate;
    const error = this.#takeError(from, step);
    if (error) return { type: "error", from, error };
    if (candidate.isMainStep) this.#position += 1;
    this.#uses.set(from, (this.#uses.get(from) ?? 0) + 1);
    for (const reason of unmetExpectations(conversation, step.expect ?? {}))
      this.report(number, `${from}: ${reason}`);
    return { type: "reply", from, reply: await makeReply(step.reply, conversation), conversation };
  }

  #choose(conversation: Conversation): Candidate | null {
    const { rules = [], steps = [], fallback } = this.#script;
    const rule = rules.find(
      ({ name, when, uses = Number.POSITIVE_INFINITY }) =>
        (this.#uses.get(name) ?? 0) < uses && matchesPattern(conversation, when),
    );
    if (rule) return { from: rule.name, step: rule, isMainStep: false };
    const step = steps[this.#position];
    if (step) return { from: `step ${this.#position + 1}`, step, isMainStep: true };
    return fallback ? { from: "fallback", step: { reply: fallback }, isMainStep: false } : null;
  }

  #takeError(from: string, { errors }: ScriptStep): ScriptedError | null {
    const given = this.#errorsGiven.get(from) ?? 0;
    if (!errors || given >= errors.times) return null;
    this.#errorsGiven.set(from, given + 1);
    return errors;
  }
}

async function makeReply(source: ReplySource, conversation: Conversation): Promise<ScriptedReply> {
  return typeof source === "function" ? await source(conversation) : source;
}
