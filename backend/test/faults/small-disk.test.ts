/** A disk that fills up, at random points: a real one, that can hold what all rounds write. The played one is in `failing-calls.test.ts`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decodeLine } from "../../src/sessions/log/log-line.ts";
import type { Session } from "../../src/sessions/session.ts";
import {
  createSession,
  eventWhere,
  isTerminal,
  makeMachine,
  phone,
  promptOf,
  type RunTurn,
  sessionId,
  startStore,
} from "../sessions/session-fixture.ts";
import { type Random, rounds, seededRandom, tellNotRun, timeLimitMs } from "../support/long-form.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";

const name = "DUR-04: a real disk that fills at random points";

test(`${name}: what was acknowledged is whole, the rest is refused, and it goes on by itself`, {
  timeout: timeLimitMs(60_000),
}, async ({ skip }) => {
  const machine = await makeMachine();
  const disk = await mountSmallDisk(machine.state, rounds({ short: 4, long: 40 }));
  if (disk === null) {
    tellNotRun(name, "this machine lets nobody mount a file system here");
    return skip();
  }
  const random = seededRandom("DUR-04");
  const acknowledged: string[] = [];
  for (let round = 0; round < rounds({ short: 10, long: 200 }); round += 1) {
    // Each round is another process: what lies there is read again.
    const store = startStore(machine, { runTurn: longWinded(random) });
    await disk.leaveFree(Number.POSITIVE_INFINITY);
    const session = await createSession(store, machine);
    await fillUnder(session, disk, { random, round, acknowledged });
    await store.close();
    await expectWhole(machine.state, acknowledged);
  }
});

interface Filling {
  readonly random: Random;
  readonly round: number;
  readonly acknowledged: string[];
}

/** Fills the disk, sends prompts until one is refused, makes room, and sends that one again. */
async function fillUnder(
  session: Session,
  disk: SmallDisk,
  { random, round, acknowledged }: Filling,
): Promise<void> {
  await disk.leaveFree(random.below(40_000));
  let refused: string | null = null;
  for (let number = 0; refused === null; number += 1) {
    const promptId = `prompt-${round}-${number}`;
    const before = session.lastSeq;
    try {
      await session.submitPrompt(promptOf(promptId, `${number} ${"x".repeat(random.below(9_000))}`), phone);
      acknowledged.push(promptId);
      await over(session, before);
    } catch (error) {
      expect(error).toMatchObject({ code: "not_saving" });
      refused = promptId;
    }
  }
  expect(session.summary().notSaving).toBe(true);
  await disk.leaveFree(Number.POSITIVE_INFINITY);
  const before = session.lastSeq;
  await session.submitPrompt(promptOf(refused, "again"), phone);
  acknowledged.push(refused);
  await eventWhere(session, (event) => event.seq > before && isTerminal(event), before);
  expect(session.summary().notSaving).toBe(false);
}

/** The turn's end as a page sees it: in the log, or, when nothing can be saved, in the summary. */
async function over(session: Session, before: number): Promise<void> {
  let onChange = (): void => undefined;
  const unsubscribe = session.subscribe(() => onChange());
  while (session.summary().state !== "idle" || (session.lastSeq === before && !session.summary().notSaving))
    await new Promise<void>((resolve) => {
      onChange = resolve;
      // A disk that takes nothing tells of nothing: then it is looked at again.
      setTimeout(resolve, 2);
    });
  unsubscribe();
}

function longWinded(random: Random): RunTurn {
  return async (turn) => {
    for (let number = 0; number < 20 && !turn.signal.aborted; number += 1) {
      turn.emit({
        sessionUpdate: "agent_message_chunk",
        messageId: `m-${turn.turnId}`,
        content: { type: "text", text: "y".repeat(random.below(1_500)) },
      });
      if (random.below(4) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return { stopReason: "end_turn" };
  };
}

/** Every line of the log is whole, and everything acknowledged is among them once. */
async function expectWhole(state: string, acknowledged: readonly string[]): Promise<void> {
  const text = await readFile(join(state, "sessions", sessionId, "log.jsonl"), "utf8");
  expect(text.endsWith("\n")).toBe(true);
  const lines = text.trimEnd().split("\n").map(decodeLine);
  expect(lines.filter(({ type }) => type !== "event")).toEqual([]);
  const prompts = lines.flatMap((line) =>
    line.type === "event" && line.event.update.sessionUpdate === "prompt_queued"
      ? [line.event.update.promptId]
      : [],
  );
  expect(prompts).toEqual(acknowledged);
}
