/** Answers that get lost on the way: who asks again under the same id is told the same, and nothing is done twice. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { startScriptedModel } from "../../src/demo/scripted-server.ts";
import { PermissionOutcome } from "../../src/protocol/permission.ts";
import { Problem } from "../../src/protocol/problem.ts";
import { PromptReceipt, SessionSummary } from "../../src/protocol/session.ts";
import { SessionEvent } from "../../src/protocol/session-update.ts";
import { obedientModel } from "../secrets/session-driver.ts";
import { rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import { type RunningProgram, runProgram, startProgram } from "../support/running-program.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type LossyProxy, lossyProxy } from "./lossy-proxy.ts";

const lossPercent = 30;

interface Stage {
  readonly server: RunningProgram;
  readonly proxy: LossyProxy;
  readonly token: string;
  readonly project: string;
  readonly sessionId: string;
}

/** A server of its own, a session, and a proxy before it that loses answers. */
async function makeStage(name: string, modelBaseUrl: string): Promise<Stage> {
  const home = await temporaryFolder();
  const project = join(home, "project");
  await mkdir(project);
  const server = await startProgram([project], {
    home,
    environment: {
      VOXPILOT_MODELS_BASE_URL: modelBaseUrl,
      VOXPILOT_MODELS_API_KEY: "test",
      VOXPILOT_MODEL: "scripted",
    },
  });
  const added = await runProgram(["devices", "add", "--name", "phone", "--json"], { home });
  const { token } = z.object({ token: z.string() }).parse(JSON.parse(added.output));
  const proxy = await lossyProxy(server.address, { lossPercent, random: seededRandom(name) });
  const stage = { server, proxy, token, project };
  const made = await askAgain(stage, "/api/sessions", { id: "lossy-session", project });
  return { ...stage, sessionId: SessionSummary.parse(made.body).id };
}

type Asked = Pick<Stage, "proxy" | "token">;

/** Asks, and asks the same again until an answer comes. */
async function askAgain(
  { proxy, token }: Asked,
  path: string,
  content: unknown,
): Promise<{ status: number; body: unknown }> {
  for (;;) {
    try {
      const response = await fetch(`${proxy.address}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(content),
      });
      return { status: response.status, body: await response.json() };
    } catch {
      // The answer was lost.
    }
  }
}

/** The session's events, straight from the server, until `isEnough`. */
async function* eventsOf({ server, token, sessionId }: Stage): AsyncGenerator<SessionEvent> {
  const { createParser } = await import("eventsource-parser");
  const response = await fetch(`${server.address}/api/sessions/${sessionId}/events?after=0`, {
    headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
  });
  const waiting: SessionEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === undefined) waiting.push(SessionEvent.parse(JSON.parse(data)));
    },
  });
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    yield* waiting.splice(0);
  }
}

test("DUR-08: with 30 % of the answers lost, every prompt runs once, in the order in which they were sent", {
  timeout: timeLimitMs(120_000),
}, async () => {
  const prompts = rounds({ short: 60, long: 1_000 });
  const asked: string[] = [];
  const model = await startScriptedModel({
    script: {
      fallback: ({ prompt }) => {
        asked.push(prompt);
        return { text: "done" };
      },
    },
  });
  onTestFinished(() => model.close());
  const stage = await makeStage("lost answers to prompts", model.baseUrl);
  const texts = Array.from({ length: prompts }, (_, index) => `prompt number ${index}`);
  const seqs: number[] = [];
  for (const [index, text] of texts.entries()) {
    const body = { id: `prompt-${String(index).padStart(4, "0")}`, content: [{ type: "text", text }] };
    const answer = await askAgain(stage, `/api/sessions/${stage.sessionId}/prompts`, body);
    seqs.push(PromptReceipt.parse(answer.body).seq);
  }
  expect(stage.proxy.lost).toBeGreaterThan(0);
  expect(seqs).toEqual(seqs.toSorted((one, other) => one - other));
  const taken: string[] = [];
  let ended = 0;
  for await (const { update } of eventsOf(stage)) {
    if (update.sessionUpdate === "user_message_chunk" && update.content.type === "text")
      taken.push(update.content.text);
    if (update.sessionUpdate === "state_update" && update.state === "idle") ended += 1;
    if (ended === prompts) break;
  }
  expect(taken).toEqual(texts);
  expect(asked).toEqual(texts);
  expect(new Set(seqs).size).toBe(prompts);
});

test("DUR-08: with 30 % of the answers lost, every decision counts once, and what it allows runs once", {
  timeout: timeLimitMs(120_000),
}, async () => {
  const decisions = rounds({ short: 20, long: 300 });
  const model = await obedientModel();
  onTestFinished(() => model.close());
  const stage = await makeStage("lost answers to decisions", model.baseUrl);
  const ask = (index: number) =>
    askAgain(stage, `/api/sessions/${stage.sessionId}/prompts`, {
      id: `prompt-${String(index).padStart(4, "0")}`,
      content: [{ type: "text", text: `run: echo ${index} >> ran.txt` }],
    });
  await ask(0);
  let begun = 1;
  const answers: unknown[] = [];
  for await (const { update } of eventsOf(stage)) {
    if (update.sessionUpdate === "request_permission") answers.push(await decide(stage, update));
    if (update.sessionUpdate !== "state_update" || update.state !== "idle") continue;
    if (begun === decisions) break;
    await ask(begun++);
  }
  expect(stage.proxy.lost).toBeGreaterThan(0);
  const allowed = { outcome: "selected", kind: "allow_once" };
  expect(answers).toEqual(answers.map(() => expect.objectContaining(allowed)));
  expect(answers).toHaveLength(decisions);
  const ran = (await readFile(join(stage.project, "ran.txt"), "utf8")).trim().split("\n");
  expect(ran).toEqual(Array.from({ length: decisions }, (_, index) => String(index)));
});

type Question = Extract<SessionEvent["update"], { sessionUpdate: "request_permission" }>;

/** The outcome, whether the first answer arrived or a later one told of it. */
async function decide(stage: Stage, { requestId, options, digest }: Question): Promise<PermissionOutcome> {
  const optionId = options.find(({ kind }) => kind === "allow_once")?.optionId;
  const path = `/api/sessions/${stage.sessionId}/permissions/${requestId}`;
  const { status, body } = await askAgain(stage, path, { optionId, digest });
  if (status === 200) return z.object({ outcome: PermissionOutcome }).parse(body).outcome;
  const problem = Problem.parse(body);
  expect([status, problem.code]).toEqual([409, "permission_decided"]);
  return z.object({ outcome: PermissionOutcome }).parse(problem.data).outcome;
}
