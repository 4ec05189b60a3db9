/** A polite end of the whole program, asked for by each signal in each phase. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SessionEvent } from "../../src/protocol/session-update.ts";
import { decodeLine } from "../../src/sessions/log/log-line.ts";
import { isLongForm, timeLimitMs } from "../support/long-form.ts";
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

const withinMs = 5_000;
const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
const sessionId = "session-of-signal";
const command = "run: echo $$ > pid.txt; echo out; sleep 300";

/** null: nothing was asked for yet. */
const phases: Readonly<
  Record<string, { words: string; isPhase(update: SessionEvent["update"]): boolean } | null>
> = {
  "nothing runs": null,
  "the model speaks": {
    words: "say: 300",
    isPhase: ({ sessionUpdate }) => sessionUpdate === "agent_message_chunk",
  },
  "a question is open": {
    words: command,
    isPhase: ({ sessionUpdate }) => sessionUpdate === "request_permission",
  },
  "a command runs": { words: command, isPhase: ({ sessionUpdate }) => sessionUpdate === "tool_output_chunk" },
};
const all = Object.keys(phases).flatMap((phase) => signals.map((signal) => ({ phase, signal })));
// In the short form every phase and every signal comes, not every pair of them.
const chosen = all.filter((_, index) => isLongForm || [0, 4, 8, 9, 10].includes(index));

for (const { phase, signal } of chosen) {
  test(`DUR-15: on ${signal} while ${phase} it ends in time, with everything written and no child left`, {
    timeout: timeLimitMs(30_000),
  }, async () => {
    const home = await makeHome(await temporaryFolder());
    const model = await wordyModel();
    const launch = { entry: bundle.entry, home, environment: { VOXPILOT_MODELS_BASE_URL: model.baseUrl } };
    const token = await addDevice(launch);
    const server = await startDriven(launch, token);
    await server.request("POST /api/sessions", { id: sessionId, project: home.project });
    const seen = await bring(server, phases[phase] ?? null);
    expect([await server.stop(signal, withinMs), server.errors()]).toEqual([0, ""]);
    const events = await loggedEvents(home);
    expect(textOf(events).startsWith(textOf(seen))).toBe(true);
    const ends = events.filter(
      ({ update }) =>
        update.sessionUpdate === "state_update" &&
        (update.state === "idle" || update.state === "interrupted"),
    );
    expect(ends).toHaveLength(phases[phase] === null ? 0 : 1);
    const pid = Number(await readFile(join(home.project, "pid.txt"), "utf8").catch(() => "0"));
    if (phase === "a command runs") expect(pid).toBeGreaterThan(0);
    if (pid > 0) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    // Nothing is left to repair: the next start only reads.
    const again = await startDriven(launch, token);
    expect(await again.events(sessionId).then((next) => next.at(-1)?.seq)).toBe(events.at(-1)?.seq);
    await again.kill();
  });
}

test("DUR-15: a signal while it starts ends it in time, and the folder is free", {
  timeout: timeLimitMs(30_000),
}, async () => {
  const home = await makeHome(await temporaryFolder());
  const launch = { entry: bundle.entry, home };
  const token = await addDevice(launch);
  for (const signal of signals) {
    const server = await startDriven(launch, token);
    // It has said where it listens, and still looks for orphans and sessions.
    expect(await server.stop(signal, withinMs)).toBe(0);
  }
  const last = await startDriven(launch, token);
  await last.kill();
});

/** Brings a turn to the phase; resolves with what a reader had until then. */
async function bring(
  server: DrivenServer,
  phase: { words: string; isPhase(update: SessionEvent["update"]): boolean } | null,
): Promise<SessionEvent[]> {
  const seen: SessionEvent[] = [];
  if (phase === null) return seen;
  const reached = new Promise<void>((resolve) => {
    server.follow(sessionId, (event) => {
      seen.push(event);
      if (phase.isPhase(event.update)) resolve();
      else if (event.update.sessionUpdate === "request_permission") {
        const { requestId, digest, options } = event.update;
        const optionId = options.find(({ kind }) => kind === "allow_once")?.optionId;
        void server.request(`POST /api/sessions/${sessionId}/permissions/${requestId}`, { optionId, digest });
      }
    });
  });
  const content = [{ type: "text", text: phase.words }];
  await server.request(`POST /api/sessions/${sessionId}/prompts`, { id: "prompt-0001", content });
  await reached;
  return seen;
}

async function loggedEvents(home: Home): Promise<SessionEvent[]> {
  const text = await readFile(join(home.state, "sessions", sessionId, "log.jsonl"), "utf8");
  expect(text.endsWith("\n")).toBe(true);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const decoded = decodeLine(line);
      if (decoded.type !== "event") throw new Error(`A line is ${decoded.type}`);
      return decoded.event;
    });
}

function textOf(events: readonly SessionEvent[]): string {
  return events
    .map(({ update }) =>
      update.sessionUpdate === "agent_message_chunk" && update.content.type === "text"
        ? update.content.text
        : "",
    )
    .join("");
}
