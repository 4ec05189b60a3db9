/** A project folder and a session's context to call tools in. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { limitsFor } from "../../src/agent/room/result-limits.ts";
import { SeenFiles } from "../../src/agent/seen-files.ts";
import type { Tool, ToolContext, ToolPlan, ToolResult } from "../../src/agent/tool.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

export interface Stage {
  readonly root: string;
  readonly context: ToolContext;
  /** What was shown live. */
  readonly live: string[];
  file(path: string): Promise<string>;
  plan<Input>(tool: Tool<Input>, input: Input): Promise<ToolPlan>;
  call<Input>(tool: Tool<Input>, input: Input): Promise<ToolResult>;
  /** The text of the error that a call throws. */
  failure<Input>(tool: Tool<Input>, input: Input): Promise<string>;
}

/** Makes the files in a folder of its own. */
export async function stage(
  files: Readonly<Record<string, string | Buffer>> = {},
  signal = new AbortController().signal,
): Promise<Stage> {
  const root = join(await temporaryFolder(), "app");
  await mkdir(root);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  const live: string[] = [];
  const context: ToolContext = {
    root,
    sessionId: "session-1",
    toolCallId: "call-1",
    signal,
    seen: new SeenFiles(),
    limits: limitsFor("standard", null),
    seesImages: false,
    showPlan: () => undefined,
    ask: () => Promise.resolve({ type: "cancelled" }),
    recall: () => null,
    shownBefore: () => null,
    delegate: () => Promise.resolve({ text: "", steps: 0, tokens: null, failed: true }),
    mode: () => "ask",
    setMode: () => undefined,
    output: (stream, text) => live.push(`${stream}: ${text}`),
  };
  const call = async <Input>(tool: Tool<Input>, input: Input): Promise<ToolResult> =>
    (await tool.plan(input, context)).run(context);
  return {
    root,
    context,
    live,
    file: (path) => readFile(join(root, path), "utf8"),
    plan: (tool, input) => tool.plan(input, context),
    call,
    failure: async (tool, input) => {
      try {
        await call(tool, input);
      } catch (error) {
        if (error instanceof Error && error.name === "ToolError") return error.message;
        throw error;
      }
      throw new Error("the call did not fail");
    },
  };
}
