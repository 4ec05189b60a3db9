/** The power is cut: at every system call of a session's life, between faults of the disk, and while text streams. */
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { SessionEvent, SessionUpdate } from "../../src/protocol/session-update.ts";
import {
  createSession,
  gate,
  isTerminal,
  makeMachine,
  phone,
  promptOf,
  sessionId,
  startStore,
} from "../sessions/session-fixture.ts";
import { rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import { watchCalls } from "./played-calls.ts";
import { PlayedDisk } from "./played-disk.ts";
import { afterPowerCut, live, named, type SystemCode, systemCodes } from "./played-life.ts";
import { type Acknowledged, expectRecovered } from "./session-scenario.ts";

vi.mock("node:fs/promises", async (original) =>
  (await import("./played-calls.ts")).playedCalls(await original()),
);
vi.mock("node:fs", async (original) => (await import("./played-calls.ts")).playedWrites(await original()));
vi.mock("../../src/workspace/quick-write.ts", async (original) =>
  (await import("./played-calls.ts")).playedQuickWrite(await original()),
);

afterEach(() => {
  vi.useRealTimers();
  watchCalls(null);
});

interface Picture {
  readonly disk: PlayedDisk;
  readonly acknowledged: Acknowledged;
}

test("DUR-20: the power is cut after every system call: what was not synced is gone, what was acknowledged is not", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const pictures: Picture[] = [];
  const { machine } = await live(
    () => null,
    (disk, acknowledged) => pictures.push({ disk: disk.copy(), acknowledged: structuredClone(acknowledged) }),
  );
  for (const [number, { disk, acknowledged }] of pictures.entries())
    await named(`after call ${number}`, async () =>
      expectRecovered(await afterPowerCut(disk, machine), acknowledged),
    );
});

test("DUR-20: whatever fails on the way, and whenever the power is cut then, what was acknowledged is there", {
  timeout: timeLimitMs(90_000),
}, async () => {
  const random = seededRandom("DUR-20 mixtures");
  const { calls } = await live(() => null);
  for (let round = 0; round < rounds({ short: 12, long: 3_000 }); round += 1) {
    // With more of them a turn could not come to its end in time: what is owed to a log is tried every two seconds.
    const faults = new Map<number, SystemCode>();
    for (let left = 1 + random.below(3); left > 0; left -= 1) {
      const [first, length] = [random.below(calls.length), 1 + random.below(3)];
      for (let at = first; at < first + length; at += 1) faults.set(at, random.oneOf(systemCodes));
    }
    const cutAt = random.below(calls.length);
    const pictures: Picture[] = [];
    let done = 0;
    const { disk, acknowledged, machine } = await live(
      (at) => faults.get(at) ?? null,
      (now, soFar) => {
        if (done === cutAt) pictures.push({ disk: now.copy(), acknowledged: structuredClone(soFar) });
        done += 1;
      },
    );
    const story = [...faults].map(([at, code]) => `${code} at call ${at}`).join(", ");
    for (const [when, picture] of Object.entries({
      [`after ${cutAt} calls`]: pictures[0],
      "at the end": { disk, acknowledged },
    }))
      await named(`round ${round}: ${story}; the power is cut ${when}`, async () => {
        if (picture !== undefined)
          await expectRecovered(await afterPowerCut(picture.disk, machine), picture.acknowledged);
      });
    await named(`round ${round}: ${story}; a restart`, () => expectRecovered(machine, acknowledged));
  }
});

test("DUR-14: with the power goes at most the last second of the text that streamed, and the turn is marked as broken off", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const machine = await makeMachine();
  const disk = new PlayedDisk(machine.state);
  watchCalls({
    folder: machine.state,
    before: async () => undefined,
    after: (call, handle) => disk.after(call, handle),
    failed: () => undefined,
  });
  const [begun, over] = [gate(), gate()];
  let say: (word: string) => void = () => undefined;
  const store = startStore(machine, {
    runTurn: async (turn) => {
      say = (text) => turn.emit(spoken(text));
      begun.open();
      await over.opened;
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "talk"), phone);
  await begun.opened;
  let heard = "";
  session.subscribe((event) => {
    heard += textOf([event]);
  });
  const log = join(machine.state, "sessions", sessionId, "log.jsonl");
  /** What a reader had, every 50 ms of a stopped clock. */
  const heardAt: string[] = [];
  for (let step = 0; step < 100; step += 1) {
    const word = `w${step} `;
    say(word);
    vi.advanceTimersByTime(stepMs);
    await until(`${word}is read`, () => heard.endsWith(word));
    heardAt.push(heard);
    const old = heardAt[step - withinMs / stepMs] ?? "";
    await until(`what was read a second before ${word}is safe`, () => safeText(disk, log).startsWith(old));
  }
  const copy = disk.copy();
  vi.useRealTimers();
  watchCalls(null);
  over.open();
  await store.close();
  const later = startStore(await afterPowerCut(copy, machine));
  const found = await later.find(sessionId);
  const { events } = (await found?.readEvents({})) ?? { events: [] };
  expect(heard.startsWith(textOf(events))).toBe(true);
  expect(textOf(events).length).toBeGreaterThanOrEqual((heardAt.at(-1 - withinMs / stepMs) ?? "").length);
  expect(events.filter(isTerminal).map(({ update }) => update)).toEqual([
    { sessionUpdate: "state_update", state: "interrupted", promptId: "prompt-1" },
  ]);
  await later.close();
});

const stepMs = 50;
const withinMs = 1_000;

function spoken(text: string): SessionUpdate & { sessionUpdate: "agent_message_chunk" } {
  return { sessionUpdate: "agent_message_chunk", messageId: "m1", content: { type: "text", text } };
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

/** The words in the part of the log that a power cut leaves. */
function safeText(disk: PlayedDisk, log: string): string {
  const words = disk.safeText(log).matchAll(/"agent_message_chunk".*?"text":"([^"]*)"/g);
  return [...words].map(([, text]) => text ?? "").join("");
}

/** Waits for the disk, which is real, while the clock stands still. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 5_000;
  while (!isSo()) {
    if (Date.now() > giveUpAt) throw new Error(`It never comes that ${what}.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
