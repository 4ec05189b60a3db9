/** A long text for the model, a part at a time. */
import { type ToolContext, ToolError } from "../agent/tool.ts";

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
