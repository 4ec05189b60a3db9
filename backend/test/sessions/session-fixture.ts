/** Real sessions in real temporary folders, with an engine that does what the test says. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { AgentTurn, Engine, TurnOutcome } from "../../src/engines/engine.ts";
import type { Actor, SessionEvent, SessionUpdate } from "../../src/protocol/session-update.ts";
import type { Session } from "../../src/sessions/session.ts";
import { SessionStore } from "../../src/sessions/store/session-store.ts";
import { type DurableFiles, durableFiles } from "../../src/workspace/durable-files.ts";
import { Checkpoints } from "../../src/workspace/git/checkpoints.ts";
import { Projects } from "../../src/workspace/projects.ts";
import { Redaction } from "../../src/workspace/redaction/redaction.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

export const phone: Actor = { kind: "device", id: "d1", name: "Phone" };
export const desk: Actor = { kind: "device", id: "d2", name: "Desk" };

export const at = "2026-01-02T03:04:05.000Z";

export type RunTurn = (turn: AgentTurn) => Promise<TurnOutcome>;

/** Ends at once, having said a word. */
const sayDone: RunTurn = async (turn) => {
  turn.emit({
    sessionUpdate: "agent_message_chunk",
    messageId: "m1",
    content: { type: "text", text: "Done." },
  });
  return { stopReason: "end_turn" };
};

export interface Machine {
  readonly state: string;
  readonly project: string;
}

/** A state folder and a project folder beside each other. */
export async function makeMachine(): Promise<Machine> {
  const folder = await temporaryFolder();
  const machine = { state: join(folder, "state"), project: join(folder, "project") };
  await mkdir(machine.state, { recursive: true });
  await mkdir(machine.project, { recursive: true });
  return machine;
}

/** A server process as far as sessions go; make another one on the same machine for a restart. */
export function startStore(
  machine: Machine,
  options: {
    runTurn?: RunTurn;
    files?: DurableFiles;
    clock?: { readonly now: Date };
    onModeEnded?: (sessionId: string) => void;
    defaultModel?: () => Promise<string>;
    stillCounts?: (deviceId: string, at: string) => boolean;
    redaction?: Redaction;
  } = {},
): SessionStore {
  const files = options.files ?? durableFiles;
  const engine: Engine = {
    id: "test",
    name: "Test",
    runTurn: options.runTurn ?? sayDone,
    forgetConversation: () => undefined,
    close: () => undefined,
  };
  let ids = 0;
  return new SessionStore({
    directory: machine.state,
    files,
    engines: new Map([[engine.id, engine]]),
    projects: new Projects({ directory: machine.state, files: durableFiles, folders: [] }),
    checkpoints: new Checkpoints({ directory: join(machine.state, "checkpoints") }),
    defaultModel: options.defaultModel ?? (async () => "local/model"),
    onModeEnded: options.onModeEnded ?? (() => undefined),
    stillCounts: options.stillCounts ?? (() => true),
    redaction: options.redaction ?? new Redaction(),
    now: () => options.clock?.now ?? new Date(at),
    newId: () => `id${++ids}`,
  });
}

export const sessionId = "session-1";

/** The session `session-1` in the machine's project. */
export function createSession(store: SessionStore, machine: Machine): Promise<Session> {
  return store.create({ id: sessionId, project: machine.project }, phone);
}

export function promptOf(id: string, text: string, delivery: "queue" | "steer" | "interrupt" = "queue") {
  return { id, content: text === "" ? [] : [{ type: "text" as const, text }], delivery };
}

/** Resolves with the first event, past or coming, that satisfies the test. */
export async function eventWhere(
  session: Session,
  isWanted: (event: SessionEvent) => boolean,
  after = 0,
): Promise<SessionEvent> {
  const live: SessionEvent[] = [];
  let onLive = (): void => undefined;
  const isLive = new Promise<void>((resolve) => {
    onLive = resolve;
  });
  const unsubscribe = session.subscribe((event) => {
    if (!isWanted(event)) return;
    live.push(event);
    onLive();
  });
  try {
    // What is past comes before what happens while it is read.
    const past = (await session.readEvents({ after })).events.find(isWanted);
    if (past !== undefined) return past;
    await isLive;
    const [first] = live;
    if (first === undefined) throw new Error("No event.");
    return first;
  } finally {
    unsubscribe();
  }
}

/** Resolves with the end of the turn after a position. */
export function turnEnd(session: Session, after = 0): Promise<SessionEvent> {
  return eventWhere(session, (event) => event.seq > after && isTerminal(event), after);
}

export function isTerminal({ update }: SessionEvent): boolean {
  return (
    update.sessionUpdate === "state_update" && (update.state === "idle" || update.state === "interrupted")
  );
}

/** The log's updates of some kinds, in order; all without kinds. */
export async function updates(
  session: Session,
  ...kinds: SessionUpdate["sessionUpdate"][]
): Promise<SessionUpdate[]> {
  const { events } = await session.readEvents({});
  const all = events.map((event) => event.update);
  return kinds.length === 0 ? all : all.filter((update) => kinds.includes(update.sessionUpdate));
}

/** A promise that is settled from outside. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
