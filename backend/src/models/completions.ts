/** Stateless completions for `/api/chat`: messages in, words out, no tools. */
import type { Model, ModelEnd, ModelMessage } from "../agent/model.ts";
import type { TurnProblem } from "../protocol/session.ts";

/** What was said, and by whom. */
export interface CompletionMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A conversation to be answered once. */
export interface CompletionRequest {
  readonly messages: readonly CompletionMessage[];
  /** `provider/model`. */
  readonly model: string;
}

/** The answer and the `provider/model` that gave it. */
export interface Completion {
  readonly message: { readonly role: "assistant"; readonly content: string };
  readonly model: string;
}

/** The endpoint gave no answer, or only a part of one; `problem` says why. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";
  readonly problem: TurnProblem;

  constructor(problem: TurnProblem) {
    super(problem.detail ?? problem.code);
    this.problem = problem;
  }
}

/** The whole answer at once. Throws ModelFailure, or the signal's reason when aborted. */
export async function complete(
  model: Model,
  request: CompletionRequest,
  signal: AbortSignal,
): Promise<Completion> {
  let content = "";
  for await (const text of streamComplete(model, request, signal)) content += text;
  return { message: { role: "assistant", content }, model: request.model };
}

/** The answer in pieces as they come. Throws ModelFailure, or the signal's reason when aborted. */
export async function* streamComplete(
  model: Model,
  request: CompletionRequest,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const messages = request.messages.map(sendable);
  for await (const event of model.stream({ model: request.model, messages, tools: [] }, signal)) {
    signal.throwIfAborted();
    if (event.type === "text") yield event.text;
    if (event.type === "end") throwProblem(event.end);
  }
  signal.throwIfAborted();
}

function throwProblem(end: ModelEnd): void {
  if (end.type === "problem") throw new ModelFailure(end.problem);
  if (end.type !== "refusal") return;
  throw new ModelFailure({
    code: "model_content_filter",
    ...(end.detail === undefined ? {} : { detail: end.detail }),
  });
}

function sendable({ role, content }: CompletionMessage): ModelMessage {
  const text = content.replace(/\p{Cs}|\0/gu, "");
  return role === "assistant" ? { role, content: text, calls: [] } : { role, content: text };
}
