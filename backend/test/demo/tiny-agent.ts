/** The smallest agent there can be: asks the endpoint, runs the calls for real in a folder, asks again. */
import { spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

export interface MadeCall {
  readonly name: string;
  readonly input: Readonly<Record<string, string>>;
  readonly result: string;
}

export interface TinyTurn {
  readonly baseUrl: string;
  readonly root: string;
  /** The conversation before this prompt; the turn's messages are added to it. */
  readonly messages: unknown[];
  readonly prompt: string;
  /** Ends every request of the turn, and is not kept. */
  readonly reminder?: string;
  /** A result instead of a real run, or null. */
  readonly instead?: (call: Omit<MadeCall, "result">) => string | null;
}

export interface TinyEnd {
  readonly text: string;
  readonly calls: readonly MadeCall[];
}

const toolNames = ["read", "edit", "write", "glob", "grep", "shell"];

/** The tools of a request, by name alone. */
export const tinyTools = toolNames.map((name) => ({
  type: "function",
  function: { name, parameters: { type: "object", properties: {} } },
}));

/** Runs until the model makes no more calls. `text` is all that it said, a paragraph each response. */
export async function runTinyTurn(turn: TinyTurn): Promise<TinyEnd> {
  const { messages, root } = turn;
  if (turn.prompt !== "") messages.push({ role: "user", content: turn.prompt });
  const said: string[] = [];
  const made: MadeCall[] = [];
  for (let step = 0; step < 30; step += 1) {
    const message = await ask(turn);
    messages.push(message);
    said.push(message.content ?? "");
    if (!message.tool_calls) return { text: said.join("\n\n"), calls: made };
    for (const { id, function: called } of message.tool_calls) {
      const input = Input.parse(JSON.parse(called.arguments));
      const call = { name: called.name, input };
      const result = turn.instead?.(call) ?? (await runTool(root, call));
      made.push({ ...call, result });
      messages.push({ role: "tool", tool_call_id: id, content: result });
    }
  }
  throw new Error(`The story does not end: ${made.map((call) => call.name).join(", ")}`);
}

const AssistantMessage = z.object({
  role: z.literal("assistant"),
  content: z.string().nullable(),
  tool_calls: z
    .array(
      z.object({
        id: z.string(),
        type: z.literal("function"),
        function: z.object({ name: z.string(), arguments: z.string() }),
      }),
    )
    .optional(),
});
type AssistantMessage = z.infer<typeof AssistantMessage>;

/** A whole answer, as far as tests look at it. */
export const Completion = z.object({ choices: z.tuple([z.object({ message: AssistantMessage })]) });
const Input = z.record(z.string(), z.string());

async function ask({ baseUrl, messages, reminder }: TinyTurn): Promise<AssistantMessage> {
  const reminders = reminder === undefined ? [] : [{ role: "user", content: reminder }];
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "scripted", messages: [...messages, ...reminders], tools: tinyTools }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return Completion.parse(JSON.parse(answer)).choices[0].message;
}

async function runTool(root: string, { name, input }: Omit<MadeCall, "result">): Promise<string> {
  const path = join(root, input.path ?? "");
  switch (name) {
    case "read":
      return readLines(path);
    case "edit":
      return editFile(path, input.old ?? "", input.new ?? "");
    case "shell":
      return runShell(root, input.command ?? "");
    default:
      return (await readdir(root, { recursive: true })).filter((file) => file.endsWith(".js")).join("\n");
  }
}

async function readLines(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.map((line, index) => `${index + 1}\t${line}`).join("\n");
}

async function editFile(path: string, before: string, after: string): Promise<string> {
  const text = await readFile(path, "utf8");
  if (text.split(before).length !== 2) return "The old text was not found. Read the file again.";
  await writeFile(
    path,
    text.replace(before, () => after),
  );
  return `Edited: +${after.split("\n").length} −${before.split("\n").length}`;
}

/** Runs a command as the agent's shell tool does, and says how it ended. */
export function runShell(cwd: string, command: string): Promise<string> {
  const child = spawn("bash", ["-c", command], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(`${output}\nexit code ${code}, 0.5 s in ${cwd}`));
  });
}
