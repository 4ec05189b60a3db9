/** The product in a project of its own, with a model that plays a scene for each prompt. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Conversation } from "../../backend/src/demo/scripted-model/conversation.ts";
import type {
  ScriptedModelEntry,
  ScriptedReply,
  SideRule,
} from "../../backend/src/demo/scripted-model/script.ts";
import { type ScriptedModel, startScriptedModel } from "../../backend/src/demo/scripted-server.ts";
import { type Product, startProduct } from "./product.ts";

/** What the model answers to one prompt, response by response. */
export type Scene = readonly (ScriptedReply | ((conversation: Conversation) => ScriptedReply))[];

export interface AgentStageOptions {
  readonly files: Readonly<Record<string, string>>;
  /** By the beginning of a prompt. */
  readonly scenes: Readonly<Record<string, Scene>>;
  readonly models?: readonly ScriptedModelEntry[];
  readonly rules?: readonly SideRule[];
}

export interface AgentStage {
  readonly product: Product;
  readonly model: ScriptedModel;
  /** Absolute path of the project, which is a git repository with everything committed. */
  readonly project: string;
  close(): Promise<void>;
}

/** The one model there is unless others are named: it sees, and everything is known of it. */
export const seeingModel: ScriptedModelEntry = {
  id: "scripted",
  name: "Scripted model",
  contextWindow: 128_000,
  facts: {
    architecture: { input_modalities: ["text", "image"] },
    pricing: { prompt: "0.000003", completion: "0.000015" },
  },
};

/** Starts both. */
export async function startAgentStage(options: AgentStageOptions): Promise<AgentStage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-agent-")));
  const project = join(folder, "shop");
  for (const [name, text] of Object.entries(options.files)) {
    await mkdir(dirname(join(project, name)), { recursive: true });
    await writeFile(join(project, name), text);
  }
  const who = ["-c", "user.name=A person", "-c", "user.email=person@example.org"];
  for (const words of [
    ["init", "--quiet", "-b", "main"],
    ["add", "-A"],
    [...who, "commit", "-qm", "Begin"],
  ])
    spawnSync("git", ["-C", project, ...words], { stdio: "ignore" });
  const model = await startScriptedModel({
    script: {
      models: options.models ?? [seeingModel],
      rules: options.rules ?? [],
      fallback: (conversation) => replyOf(options.scenes, conversation),
    },
  });
  const product = await startProduct({
    words: [project],
    environment: { VOXPILOT_MODELS_BASE_URL: model.baseUrl, VOXPILOT_MODEL: "scripted" },
  });
  return {
    product,
    model,
    project,
    async close() {
      await product.stop();
      await model.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function replyOf(scenes: AgentStageOptions["scenes"], conversation: Conversation): ScriptedReply {
  const { prompt, calls } = conversation;
  const scene = Object.entries(scenes).find(([beginning]) => prompt.startsWith(beginning))?.[1];
  const reply = scene?.[new Set(calls.map(({ step }) => step)).size];
  if (reply === undefined) return { text: `Nothing is written for this: ${prompt.slice(0, 80)}` };
  return typeof reply === "function" ? reply(conversation) : reply;
}

/** A model that answers once with an error, then with the text. */
export function failingOnce(
  lastUser: RegExp,
  { text, status, afterSeconds }: { text: string; status: number; afterSeconds: number },
): SideRule {
  const headers = { "retry-after": String(afterSeconds) };
  return { name: text, when: { lastUser }, reply: { text }, errors: { times: 1, status, headers } };
}
