/** kill -9 of the whole program in each phase of a turn, and at each event of one. */
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { SessionEvent } from "../../src/protocol/session-update.ts";
import { rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import {
  addDevice,
  bundledProgram,
  type DrivenServer,
  type Home,
  makeHome,
  startDriven,
  wordyModel,
} from "./driven-server.ts";

const bundle = bundledProgram();

async function prepare() {
  const home = await makeHome(await temporaryFolder());
  const model = await wordyModel();
  const launch = { entry: bundle.entry, home, environment: { VOXPILOT_MODELS_BASE_URL: model.baseUrl } };
  const token = await addDevice(launch);
  return { home, model, start: () => startDriven(launch, token) };
}

const id = "session-of-phase";

/** Sends a prompt in a new session, allows what is asked, and kills the server on the first event that is wanted. */
async function killWhen(
  server: DrivenServer,
  given: { home: Home; sessionId: string; words: string; isWanted: (event: SessionEvent) => boolean },
): Promise<SessionEvent[]> {
  const { home, sessionId, words, isWanted } = given;
  await server.request("POST /api/sessions", { id: sessionId, project: home.project });
  const seen: SessionEvent[] = [];
  const killed = new Promise<void>((resolve) => {
    server.follow(sessionId, (event) => {
      seen.push(event);
      if (isWanted(event) || isOver(event)) void server.kill().then(resolve);
      else allow(server, sessionId, event);
    });
  });
  await server.request(`POST /api/sessions/${sessionId}/prompts`, promptOf("prompt-0001", words));
  await server.request(`POST /api/sessions/${sessionId}/prompts`, promptOf("prompt-0002", words));
  await killed;
  return seen;
}

function allow(server: DrivenServer, sessionId: string, { update }: SessionEvent): void {
  if (update.sessionUpdate !== "request_permission") return;
  const optionId = update.options.find(({ kind }) => kind === "allow_once")?.optionId;
  const { digest, requestId } = update;
  void server.request(`POST /api/sessions/${sessionId}/permissions/${requestId}`, { optionId, digest });
}

const promptOf = (promptId: string, words: string) => ({
  id: promptId,
  content: [{ type: "text", text: words }],
});

const isOver = ({ update }: SessionEvent) =>
  update.sessionUpdate === "state_update" && (update.state === "idle" || update.state === "interrupted");

async function marks(home: Home): Promise<number> {
  const text = await readFile(home.canary, "utf8").catch(() => "");
  return text.split("\n").length - 1;
}

const phases: Readonly<Record<string, (update: SessionEvent["update"]) => boolean>> = {
  "taken up": (update) => update.sessionUpdate === "state_update" && update.state === "running",
  "the model speaks": (update) => update.sessionUpdate === "agent_message_chunk",
  "a question is open": (update) => update.sessionUpdate === "request_permission",
  "a call has begun": (update) =>
    update.sessionUpdate === "tool_call_update" && update.status === "in_progress",
  "a command runs": (update) => update.sessionUpdate === "tool_output_chunk",
};

test("DUR-12: killed in any phase, a turn is interrupted, and neither it nor what waits runs by itself", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const { home, model, start } = await prepare();
  let server = await start();
  for (const [phase, isPhase] of Object.entries(phases)) {
    const sessionId = `${id}-${phase.replaceAll(" ", "-")}`;
    const words = "run: echo mark >> canary.txt; echo out; sleep 30";
    await killWhen(server, { home, sessionId, words, isWanted: ({ update }) => isPhase(update) });
    const [ranBefore, askedBefore] = [await marks(home), model.requests().length];
    server = await start();
    const events = await server.events(sessionId);
    const ends = events.filter(isOver).map(({ update }) => update);
    expect([phase, ends]).toEqual([
      phase,
      [{ sessionUpdate: "state_update", state: "interrupted", promptId: "prompt-0001" }],
    ]);
    expect([phase, await marks(home), model.requests().length]).toEqual([phase, ranBefore, askedBefore]);
  }
  await server.kill();
});

test("DUR-13: killed at any event of a turn, its command ran at most once, and person and model are told what is not known", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const random = seededRandom("DUR-13");
  const { home, model, start } = await prepare();
  let server = await start();
  const whole = await killWhen(server, {
    home,
    sessionId: `${id}-whole`,
    words: mark,
    isWanted: () => false,
  });
  const last = whole.at(-1)?.seq ?? 0;
  const moments = Array.from({ length: last - 1 }, (_, index) => index + 2);
  const chosen = rounds({ short: 4, long: last * 20 });
  for (let round = 0; round < chosen; round += 1) {
    const seq = chosen > last ? (moments[round % moments.length] ?? 2) : random.oneOf(moments);
    const delayMs = random.below(4);
    const sessionId = `${id}-${round}-at-${seq}`;
    const before = await marks(home);
    server = await start();
    await killWhen(server, { home, sessionId, words: mark, isWanted: (event) => event.seq >= seq });
    await wait(delayMs);
    const ran = (await marks(home)) - before;
    server = await start();
    await expectAtMostOnce(server, sessionId, ran);
    // The next turn: the model is told of the same, and nothing is done again.
    await goOn(server, sessionId);
    const asked = JSON.stringify(model.requests().at(-1)?.body.messages);
    const events = await server.events(sessionId);
    const isUnknown = events.some(({ update }) => isUnknownOutcome(update));
    expect([seq, asked.includes("its outcome is unknown")]).toEqual([seq, isUnknown]);
    expect([seq, (await marks(home)) - before]).toEqual([seq, ran]);
    await server.kill();
  }
  expect(model.violations()).toEqual([]);
});

const mark = "run: echo mark >> canary.txt";

function isUnknownOutcome(update: SessionEvent["update"]): boolean {
  return (
    update.sessionUpdate === "tool_call_update" &&
    JSON.stringify(update.rawOutput ?? "").includes("unknown_outcome")
  );
}

async function expectAtMostOnce(server: DrivenServer, sessionId: string, ran: number): Promise<void> {
  const updates = (await server.events(sessionId)).map(({ update }) => update);
  const statuses = updates.flatMap((update) =>
    update.sessionUpdate === "tool_call_update" && update.status !== undefined ? [update.status] : [],
  );
  const hasBegun = statuses.includes("in_progress");
  expect([0, 1]).toContain(ran);
  // What ran was written down as begun before it did.
  if (ran === 1) expect(hasBegun).toBe(true);
  if (hasBegun) expect(["completed", "failed"]).toContain(statuses.at(-1));
  if (hasBegun && !statuses.includes("completed")) expect(updates.some(isUnknownOutcome)).toBe(true);
}

/** Says one more word, which is not to run anything; first what waits is taken out. */
async function goOn(server: DrivenServer, sessionId: string): Promise<void> {
  for (const waiting of ["prompt-0001", "prompt-0002"])
    await server.request(`DELETE /api/sessions/${sessionId}/prompts/${waiting}`);
  const after = (await server.events(sessionId)).at(-1)?.seq ?? 0;
  const over = new Promise<void>((resolve) => {
    const stop = server.follow(
      sessionId,
      (event) => {
        if (!isOver(event)) return;
        stop();
        resolve();
      },
      after,
    );
  });
  await server.request(`POST /api/sessions/${sessionId}/prompts`, promptOf("prompt-0003", "and now?"));
  await over;
}

test("DUR-14: of text that streamed, what a reader had is in the log after a kill, and the turn is marked as broken off", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const random = seededRandom("DUR-14");
  const { home, start } = await prepare();
  let server = await start();
  for (let round = 0; round < rounds({ short: 2, long: 50 }); round += 1) {
    const [sessionId, wanted] = [`${id}-${round}`, 5 + random.below(40)];
    let words = 0;
    const seen = await killWhen(server, {
      home,
      sessionId,
      words: "say: 300",
      isWanted: ({ update }) => {
        words += update.sessionUpdate === "agent_message_chunk" ? 1 : 0;
        return words > wanted;
      },
    });
    server = await start();
    const events = await server.events(sessionId);
    expect(textOf(events).startsWith(textOf(seen))).toBe(true);
    expect(textOf(seen)).toContain("w1 ");
    expect(events.filter(isOver).map(({ update }) => "state" in update && update.state)).toEqual([
      "interrupted",
    ]);
  }
  await server.kill();
});

function textOf(events: readonly SessionEvent[]): string {
  return events
    .map(({ update }) =>
      update.sessionUpdate === "agent_message_chunk" && update.content.type === "text"
        ? update.content.text
        : "",
    )
    .join("");
}

test("DUR-11: with nobody listening a turn runs to its end, and is whole for whoever comes back", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const random = seededRandom("DUR-11");
  const { home, start } = await prepare();
  const server = await start();
  const ids = Array.from({ length: rounds({ short: 6, long: 100 }) }, (_, number) => `${id}-${number}`);
  for (const sessionId of ids) {
    await server.request("POST /api/sessions", { id: sessionId, project: home.project });
    let left = random.below(12);
    const gone = new Promise<void>((resolve) => {
      const stop = server.follow(sessionId, (event) => {
        left -= 1;
        if (left > 0 && !isOver(event)) return;
        stop();
        resolve();
      });
    });
    await server.request(`POST /api/sessions/${sessionId}/prompts`, promptOf("prompt-0001", "say: 30"));
    await gone;
  }
  const said = Array.from({ length: 30 }, (_, number) => `w${number} `).join("");
  for (const sessionId of ids) {
    let events = await server.events(sessionId);
    while (!events.some(isOver)) events = await server.events(sessionId);
    expect([sessionId, textOf(events)]).toEqual([sessionId, said]);
  }
  await server.kill();
});
