/** Gives a part of the work to a subagent with a context of its own; only its report comes back. */

import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
import { firstLineTitle } from "../call-title.ts";
import { sessionPlan } from "./session-plan.ts";

const kinds: Readonly<Record<string, string>> = {
  Explore: "explore",
  search: "explore",
  research: "explore",
  "general-purpose": "general",
  general_purpose: "general",
};
const Input = z.object({
  prompt: z.string().min(1).max(20_000).describe("Everything it needs to know, and what it is to report"),
  kind: z
    .preprocess(
      (value) => (typeof value === "string" ? (kinds[value] ?? value) : value),
      z.enum(["explore", "general"]).optional(),
    )
    .optional()
    .meta({
      type: "string",
      enum: ["explore", "general"],
      description: "explore (default): reads and searches alone; general: may also change files",
    }),
});
type Input = z.infer<typeof Input>;

/** Makes the `task` tool. Those that may change something run one after the other. */
export function createTaskTool(): Tool<Input> {
  const changing = new OrderBySession();
  return {
    name: "task",
    kind: "think",
    description:
      "Let a subagent work on a part of the task with a context of its own, such as a search through many files. It sees nothing of this conversation: say everything in the prompt. Only its report comes back. Several calls in one response run beside each other.",
    brief: "Let a subagent search or work on a part; only its report comes back.",
    input: Input,
    synonyms: {
      description: "prompt",
      task: "prompt",
      instructions: "prompt",
      message: "prompt",
      subagent_type: "kind",
      agent: "kind",
      type: "kind",
    },
    readOnly: true,
    offer: "later",
    title: (input) => firstLineTitle(input.prompt),
    plan(input) {
      const kind = input.kind ?? "explore";
      return Promise.resolve(
        sessionPlan(firstLineTitle(input.prompt), (context) => {
          const run = () => delegated(input.prompt, kind, context);
          return kind === "explore" ? run() : changing.run(context.sessionId, run);
        }),
      );
    },
  };
}

/** Work of one session, one after the other; of a session that has none, nothing is kept. */
class OrderBySession {
  readonly #last = new Map<string, Promise<unknown>>();

  run(sessionId: string, work: () => Promise<ToolResult>): Promise<ToolResult> {
    const result = (this.#last.get(sessionId) ?? Promise.resolve()).then(work);
    // The next one waits for the end of this one, however it ends.
    const over = result.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(sessionId, over);
    void over.then(() => this.#last.get(sessionId) === over && this.#last.delete(sessionId));
    return result;
  }
}

async function delegated(
  prompt: string,
  kind: "explore" | "general",
  context: ToolContext,
): Promise<ToolResult> {
  context.signal.throwIfAborted();
  const report = await context.delegate({ prompt, kind });
  if (report.failed && report.text.trim() === "")
    throw new ToolError(
      "The subagent ended without a report. Do this part yourself, or give it a smaller one.",
    );
  return {
    text: report.text,
    output: { type: "subagent", steps: report.steps, tokens: report.tokens },
    failed: report.failed,
  };
}
