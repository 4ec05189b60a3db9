/** A prompt that is to interrupt, just while its own turn is being taken up. */
import { expect, test } from "vitest";
import type { Session } from "../../../src/sessions/session.ts";
import { type DurableFiles, durableFiles } from "../../../src/workspace/durable-files.ts";
import {
  createSession,
  desk,
  gate,
  makeMachine,
  phone,
  promptOf,
  type RunTurn,
  startStore,
  turnEnd,
} from "../session-fixture.ts";

type Gate = ReturnType<typeof gate>;

/** A disk whose next sync waits, once it is told to hold. */
function holdingFiles(): { files: DurableFiles; hold(): { begun: Promise<void>; goOn(): void } } {
  let held: { begun: Gate; goOn: Gate } | null = null;
  const openAppend: DurableFiles["openAppend"] = async (path) => {
    const file = await durableFiles.openAppend(path);
    return {
      get size() {
        return file.size;
      },
      append: (data) => file.append(data),
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
      sync: async () => {
        const holding = held;
        held = null;
        holding?.begun.open();
        await holding?.goOn.opened;
        await file.sync();
      },
    };
  };
  const hold = () => {
    const holding = { begun: gate(), goOn: gate() };
    held = holding;
    return { begun: holding.begun.opened, goOn: holding.goOn.open };
  };
  return { files: { ...durableFiles, openAppend }, hold };
}

interface Stage {
  readonly session: Session;
  /** Ends the first turn. */
  readonly release: () => void;
  readonly hold: ReturnType<typeof holdingFiles>["hold"];
  /** Lets the second turn end, had nobody stopped it. */
  readonly finish: () => void;
  readonly close: () => Promise<void>;
}

async function stage(): Promise<Stage> {
  const machine = await makeMachine();
  const { files, hold } = holdingFiles();
  const [first, second] = [gate(), gate()];
  const runTurn: RunTurn = async (turn) => {
    const stopped = new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
    const isFirst = turn.prompt[0]?.type === "text" && turn.prompt[0].text === "one";
    await Promise.race([isFirst ? first.opened : second.opened, stopped]);
    return { stopReason: turn.signal.aborted ? "cancelled" : "end_turn" };
  };
  const store = startStore(machine, { runTurn, files });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "one"), phone);
  const [release, finish] = [first.open, second.open];
  return { session, hold, release, finish, close: () => store.close() };
}

/** How the turns of both prompts ended. */
async function ends(session: Session): Promise<unknown[]> {
  const first = await turnEnd(session);
  const second = await turnEnd(session, first.seq);
  return [first.update, second.update].map(
    (update) => "stopReason" in update && [update.promptId, update.stopReason],
  );
}

const bothToTheirEnd = [
  ["prompt-1", "end_turn"],
  ["prompt-2", "end_turn"],
];

test("a waiting prompt that is sent now as the turn before it ends does not stop its own turn", async () => {
  const { session, hold, release, finish, close } = await stage();
  await session.submitPrompt(promptOf("prompt-2", "two"), phone);
  const { begun, goOn } = hold();
  release();
  // The end of the first turn is on its way to the disk; the change goes there after it.
  await begun;
  const changed = session.changePrompt("prompt-2", { now: "interrupt" }, desk);
  goOn();
  await changed;
  finish();
  expect(await ends(session)).toEqual(bothToTheirEnd);
  await close();
});
