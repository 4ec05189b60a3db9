/** Sessions whose turns write files, to go back in. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentTurn } from "../../../src/engines/engine.ts";
import type { DoRewind } from "../../../src/protocol/rewind.ts";
import type { Session } from "../../../src/sessions/session.ts";
import {
  createSession,
  type Machine,
  makeMachine,
  phone,
  promptOf,
  startStore,
  turnEnd,
} from "../session-fixture.ts";

/** A prompt `a.txt=one b.txt=` writes the one and removes the other, as an edit of the agent. */
export async function edit(turn: AgentTurn) {
  const [block] = turn.prompt;
  const words = block?.type === "text" ? block.text.split(" ") : [];
  await turn.checkpointTaken();
  turn.emit(
    {
      sessionUpdate: "agent_message_chunk",
      messageId: turn.turnId,
      content: { type: "text", text: "Will do." },
    },
    { stepId: `${turn.turnId}-s` },
  );
  for (const word of words.filter((one) => one.includes("="))) {
    const [path = "", text = ""] = word.split("=");
    const call = { toolCallId: `${turn.turnId}-${path}`, kind: "edit" as const };
    const locations = [{ path }];
    turn.emit(
      { sessionUpdate: "tool_call", ...call, locations, status: "in_progress" },
      { stepId: `${turn.turnId}-s` },
    );
    if (text === "") await rm(join(turn.root, path));
    else await writeFile(join(turn.root, path), text);
    turn.emit({ sessionUpdate: "tool_call_update", toolCallId: call.toolCallId, status: "completed" });
  }
  return { stopReason: "end_turn" as const };
}

/** Says it, and waits for the end of its turn; resolves to the turn. */
export async function say(session: Session, id: string, text: string): Promise<string> {
  const after = session.lastSeq;
  await session.submitPrompt(promptOf(id, text), phone);
  return (await turnEnd(session, after)).turnId ?? "";
}

/** What lies in the project, by name. */
export async function filesOf({ project }: Machine): Promise<Record<string, string>> {
  const names = (await readdir(project)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(project, name), "utf8")] as const),
    ),
  );
}

/** Goes back to before a turn, files and conversation, as previewed. */
export async function back(session: Session, turnId: string, more: Partial<DoRewind> = {}) {
  const { digest } = await session.previewRewind({ turnId });
  return session.rewind({ id: "rewind-0001", turnId, scope: "both", digest, ...more }, phone);
}

/** Two turns that wrote files. */
export async function twoTurns(options: Parameters<typeof startStore>[1] = {}) {
  const machine = await makeMachine();
  await writeFile(join(machine.project, "a.txt"), "zero");
  await writeFile(join(machine.project, "gone.txt"), "here");
  const histories: string[][] = [];
  const store = startStore(machine, {
    ...options,
    runTurn: async (turn) => {
      histories.push(turn.history().map((item) => (item.type === "user" ? item.messageId : item.type)));
      return (options.runTurn ?? edit)(turn);
    },
  });
  const session = await createSession(store, machine);
  const first = await say(session, "prompt-1", "a.txt=one");
  const second = await say(session, "prompt-2", "a.txt=two new.txt=new gone.txt=");
  return { machine, store, session, first, second, histories };
}

/** The project before the first turn, after it, and after the second. */
export const asStarted = { "a.txt": "zero", "gone.txt": "here" };
export const asAfterFirst = { "a.txt": "one", "gone.txt": "here" };
export const asAfterSecond = { "a.txt": "two", "new.txt": "new" };
