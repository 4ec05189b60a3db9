/** Shows a result again that was shortened or left out. */
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
import { textPage } from "../text-page.ts";
import type { KeptTexts } from "./kept-texts.ts";
import { sessionPlan } from "./session-plan.ts";

const Input = z.object({
  id: z.string().min(1).describe("Such as r7 or o2, as the shortened result names it"),
  offset: z.number().min(0).optional().describe("First line, from 1"),
  limit: z.number().min(1).optional().describe("Number of lines"),
});
type Input = z.infer<typeof Input>;

/** Makes the `recall` tool. */
export function createRecallTool(texts: KeptTexts): Tool<Input> {
  return {
    name: "recall",
    kind: "read",
    description: "Show a result of this session again that was shortened, by its id, a part at a time.",
    brief: "Show a shortened result again, by its id.",
    input: Input,
    synonyms: {
      result_id: "id",
      resultId: "id",
      ref: "id",
      start: "offset",
      line: "offset",
      lines: "limit",
      count: "limit",
    },
    readOnly: true,
    title: (input) => input.id,
    plan(input) {
      return Promise.resolve(
        sessionPlan(input.id, (context) => Promise.resolve(recall(input, texts, context))),
      );
    },
  };
}

function recall(input: Input, texts: KeptTexts, context: ToolContext): ToolResult {
  const id = input.id.trim().replace(/^recall\s+/, "");
  const text = texts.find(context.sessionId, id) ?? context.recall(id);
  if (text === null) {
    const ids = texts.ids(context.sessionId);
    const there =
      ids.length === 0 ? "" : ` There are ${ids.join(", ")} and those that shortened results name.`;
    throw new ToolError(
      `There is no result ${id}.${there} Use the id as it stands there, or make the call again.`,
    );
  }
  return { text: textPage(text, input, context) };
}
