/** Shows a result again that was shortened or left out. */
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
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

/** Lines from `offset` on within the limits; long lines are broken, so that every character can be reached. */
export function textPage(
  text: string,
  asked: { offset?: number | undefined; limit?: number | undefined; next?: string },
  { limits }: Pick<ToolContext, "limits">,
): string {
  const lines = text.split("\n").flatMap((line) => broken(line, limits.lineCharacters));
  const from = Math.max(1, Math.trunc(asked.offset ?? 1));
  if (from > lines.length)
    throw new ToolError(`The offset is past the end: there are ${lines.length} lines. Use a smaller offset.`);
  const wanted = lines.slice(
    from - 1,
    from - 1 + Math.min(asked.limit ?? limits.readLines, limits.readLines),
  );
  const shown: string[] = [];
  let bytes = 0;
  for (const line of wanted) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > limits.readBytes && shown.length > 0) break;
    shown.push(line);
  }
  const to = from + shown.length - 1;
  const rest = to < lines.length ? `; ${asked.next ?? "continue with offset="}${to + 1}` : ", the end";
  const footer =
    from === 1 && to === lines.length ? "" : `\n\n(lines ${from} to ${to} of ${lines.length}${rest})`;
  return shown.join("\n") + footer;
}

function broken(line: string, length: number): string[] {
  if (line.length <= length) return [line];
  return Array.from({ length: Math.ceil(line.length / length) }, (_, index) =>
    line.slice(index * length, (index + 1) * length),
  );
}
