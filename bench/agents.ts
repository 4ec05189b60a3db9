/** The same small task done by VoxPilot, opencode and pi against the same scripted model: what each sends, and what each adds. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import type { ScriptedReply } from "../backend/src/demo/scripted-model/script.ts";
import { type ScriptedModel, startScriptedModel } from "../backend/src/demo/scripted-server.ts";
import { median } from "./support/statistics.ts";
import { type Finding, finding } from "./support/table.ts";
import { openCode, pi, type TaskAgent, voxPilot } from "./support/task-agents.ts";

const runs = 3;
const prompt = "The tests fail. Find out why, put it right, and run them again.";
const wrong = "export const add = (a, b) => a - b;\n";
const right = "export const add = (a, b) => a + b;\n";
const test = `import assert from "node:assert";
import { add } from "./add.mjs";
assert.strictEqual(add(1, 2), 3);
console.log("all tests pass");
`;

interface Measured {
  readonly requests: number;
  /** Of the first request that offers tools, o200k, everything that is sent: messages and tools. */
  readonly firstTokens: number;
  readonly allTokens: number;
  /** From the end of each answer to the next request, median of a run. */
  readonly gapMs: number;
  /** From the start of the program, or from the prompt, to the first request. */
  readonly beforeFirstMs: number;
}

/** Peers are installed from the registry into a folder of their own, once; one that cannot be had is left out, by name. */
export async function measureAgents(): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const agent of [voxPilot, openCode, pi]) {
    const ready = await agent.prepare();
    if (ready === null) findings.push(absent(agent.name));
    else findings.push(...(await measured(agent, ready)));
  }
  return findings;
}

function absent(name: string): Finding {
  return { what: `${name}: could not be installed here`, measured: "not run", limit: "", passed: null };
}

async function measured(agent: TaskAgent, ready: string): Promise<readonly Finding[]> {
  const all: Measured[] = [];
  for (let run = 0; run < runs; run += 1) all.push(await runTask(agent, ready));
  const middle = (pick: (one: Measured) => number) => median(all.map(pick));
  const limit = agent === voxPilot ? { atMost: 4_000 } : {};
  return [
    finding(
      `${agent.name}: requests of the task`,
      middle((one) => one.requests),
      { unit: "", digits: 0 },
    ),
    finding(
      "the same, tokens of its first request (o200k)",
      middle((one) => one.firstTokens),
      {
        unit: "tokens",
        digits: 0,
        ...limit,
      },
    ),
    finding(
      "the same, tokens of all requests",
      middle((one) => one.allTokens),
      { unit: "tokens", digits: 0 },
    ),
    finding(
      "the same, between an answer and the next request",
      middle((one) => one.gapMs),
      { unit: "ms" },
    ),
    finding(
      "the same, before its first request",
      middle((one) => one.beforeFirstMs),
      { unit: "ms", digits: 0 },
    ),
  ];
}

async function runTask(agent: TaskAgent, ready: string): Promise<Measured> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-agents-")));
  const project = join(folder, "project");
  await mkdir(project);
  await writeFile(join(project, "add.mjs"), wrong);
  await writeFile(join(project, "add.test.mjs"), test);
  const model = await startScriptedModel({
    script: {
      models: [{ id: "scripted", name: "Scripted", contextWindow: 128_000 }],
      rules: [{ name: "title", when: { withoutTools: true }, reply: { text: "Failing tests" } }],
      steps: stepsOf(agent, project).map((reply) => ({ reply })),
    },
  });
  try {
    const startedAtMs = await agent.run({ ready, folder, project, prompt, modelBaseUrl: model.baseUrl });
    if (!model.isDone()) throw new Error(`${agent.name} did not do the whole task.`);
    return figures(model, startedAtMs);
  } finally {
    await model.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function stepsOf({ calls }: TaskAgent, project: string): readonly ScriptedReply[] {
  return [
    { calls: [calls.shell("node add.test.mjs")] },
    { calls: [calls.read(join(project, "add.mjs"))] },
    { calls: [calls.edit(join(project, "add.mjs"), { from: wrong.trim(), to: right.trim() })] },
    { calls: [calls.shell("node add.test.mjs")] },
    { text: "`add` subtracted. It adds now, and the tests pass." },
  ];
}

function figures(model: ScriptedModel, startedAtMs: number): Measured {
  const requests = model.requests();
  const work = requests.filter(({ answeredBy }) => answeredBy?.startsWith("step"));
  const gaps = work
    .slice(1)
    .map(({ receivedAtMs }, index) => receivedAtMs - (work[index]?.endedAtMs ?? Number.NaN));
  const [first] = work;
  if (first === undefined) throw new Error("Nothing was asked.");
  return {
    requests: requests.length,
    firstTokens: tokensOf(first.body),
    allTokens: requests.reduce((sum, { body }) => sum + tokensOf(body), 0),
    gapMs: median(gaps),
    beforeFirstMs: first.receivedAtMs - startedAtMs,
  };
}

/** What a model reads of a request: its messages and its tools. */
function tokensOf({ messages, tools }: { readonly messages: unknown; readonly tools?: unknown }): number {
  return countTokens(JSON.stringify({ messages, tools }), { allowedSpecial: "all" });
}
