/**
 * Everything of the product behind its HTTP edge, for whole tasks: a real session with its log, the built-in agent with its tools
 * and rules, the chat client, and a strict endpoint on loopback, in a real project under git.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished } from "vitest";
import { type ScriptedModel, startScriptedModel } from "../../../src/demo/scripted-server.ts";
import { BuiltInEngine } from "../../../src/engines/built-in.ts";
import { ModelCatalogue } from "../../../src/models/catalogue.ts";
import { createChatModel } from "../../../src/models/chat-client.ts";
import { LearnedLimits } from "../../../src/models/facts/learned-limits.ts";
import { permissionDigest } from "../../../src/permissions/digest.ts";
import { createPolicy } from "../../../src/permissions/policy.ts";
import type { ContentBlock } from "../../../src/protocol/content.ts";
import type { PermissionDecision, PermissionRequest } from "../../../src/protocol/permission.ts";
import type { SessionMode } from "../../../src/protocol/session.ts";
import type { SessionEvent, SessionUpdate } from "../../../src/protocol/session-update.ts";
import type { Session } from "../../../src/sessions/session.ts";
import { SessionStore } from "../../../src/sessions/store/session-store.ts";
import { createBuiltInTools } from "../../../src/tools/index.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { Checkpoints } from "../../../src/workspace/git/checkpoints.ts";
import type { Jobs } from "../../../src/workspace/processes/jobs.ts";
import { Projects } from "../../../src/workspace/projects.ts";
import { eventWhere, isTerminal, phone, updates } from "../../sessions/session-fixture.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { type Cast, playedScript, subagentWords } from "./played-model.ts";
import { countedTokens, requestTokens, type Window } from "./windows.ts";

const run = promisify(execFile);

/** Decides a question; null leaves it open. */
export type Person = (request: PermissionRequest) => Pick<PermissionDecision, "optionId" | "feedback"> | null;

export interface TaskOptions extends Cast {
  /** Texts by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Words of the person that every request of the main agent must hold. */
  readonly goal: string;
  /** Default: `edit`. */
  readonly mode?: SessionMode;
  /** Default: allows everything once. */
  readonly person?: Person;
  readonly userFolder?: string;
}

export interface Task {
  readonly root: string;
  readonly model: ScriptedModel;
  /** Of the process that runs now. */
  jobs(): Jobs;
  /** The one that runs now: after a crash another one. */
  session(): Session;
  /** Sends words and resolves with the end of their turn; without words the stopped turn is continued. */
  say(words?: string | readonly ContentBlock[]): Promise<SessionUpdate & { sessionUpdate: "state_update" }>;
  /** Sends words and resolves when they are accepted. */
  send(words: string | readonly ContentBlock[], delivery?: "queue" | "steer"): Promise<void>;
  /** Resolves with the end of the turn that runs. */
  ended(): Promise<SessionUpdate & { sessionUpdate: "state_update" }>;
  /** Ends the process's part of everything as a kill would leave it on disk, and opens it again. */
  crash(): Promise<void>;
  file(path: string): Promise<string>;
  updates(...kinds: SessionUpdate["sessionUpdate"][]): Promise<readonly SessionUpdate[]>;
  /** Checks what must hold of every task, in every window. */
  check(): Promise<void>;
}

interface Place {
  readonly state: string;
  readonly root: string;
  readonly sessionId: string;
}

/** Sets the stage; everything is closed and removed when the test is over. */
export async function startTask(options: TaskOptions): Promise<Task> {
  const folder = await temporaryFolder();
  const root = join(folder, "project");
  await makeProject(root, options.files);
  const { script, faults } = playedScript(options);
  const model = await startScriptedModel({
    script,
    countTokens: requestTokens,
    ...limitsOf(options.window),
  });
  onTestFinished(() => model.close());
  let place: Place = { state: join(folder, "state"), root, sessionId: randomUUID() };
  await mkdir(place.state, { mode: 0o700 });
  let opened = openStore(place, model, options);
  let session = await opened.store.create(
    { id: place.sessionId, project: root, mode: options.mode ?? "edit" },
    phone,
  );
  let answering = answer(session, options.person ?? allowOnce);
  let from = session.lastSeq;

  async function send(words: string | readonly ContentBlock[], delivery: "queue" | "steer" = "queue") {
    const content: ContentBlock[] =
      typeof words === "string" ? (words === "" ? [] : [{ type: "text", text: words }]) : [...words];
    const { seq } = await session.submitPrompt({ id: randomUUID(), content, delivery }, phone);
    if (delivery === "queue") from = seq;
  }

  async function ended() {
    const { update } = await eventWhere(session, (event) => event.seq > from && isTerminal(event), from);
    if (update.sessionUpdate !== "state_update") throw new Error("A turn ends with its state.");
    return update;
  }

  return {
    root,
    model,
    jobs: () => opened.jobs,
    session: () => session,
    send,
    ended,
    async say(words = "") {
      await send(words);
      return ended();
    },
    async crash() {
      const state = `${place.state}-after`;
      // Git's locks and the texts for the search come and go.
      const texts = join(place.state, "search");
      const filter = (path: string) => path !== texts && !path.endsWith(".lock");
      await cp(place.state, state, { recursive: true, filter });
      answering();
      await opened.store.close();
      place = { ...place, state };
      opened = openStore(place, model, options);
      await opened.store.load();
      const found = await opened.store.find(place.sessionId);
      if (found === null) throw new Error("The session is gone.");
      session = found;
      answering = answer(session, options.person ?? allowOnce);
    },
    file: (path) => readFile(join(root, path), "utf8"),
    updates: (...kinds) => updates(session, ...kinds),
    check: () => checkTask({ model, faults, session, options }),
  };
}

function limitsOf({ limitTokens, minuteTokens }: Window): { tokenLimit?: number; minuteLimit?: number } {
  return {
    ...(limitTokens === undefined ? {} : { tokenLimit: limitTokens }),
    ...(minuteTokens === undefined ? {} : { minuteLimit: minuteTokens }),
  };
}

const allowOnce: Person = () => ({ optionId: "allow_once" });

async function makeProject(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
  for (const git of [
    ["init", "-q", "-b", "main"],
    ["add", "."],
    [...identity, "commit", "-qm", "Start"],
  ])
    await run("git", git, { cwd: root });
}

function openStore({ state }: Place, model: ScriptedModel, options: TaskOptions) {
  const place = { directory: state, files: durableFiles };
  const catalogue = new ModelCatalogue({
    configured: { baseUrl: model.baseUrl },
    localServers: [],
    learned: new LearnedLimits({
      ...place,
      report: (error) => {
        throw error;
      },
    }),
  });
  const chat = createChatModel(catalogue, {
    onLearned: (provider, name, fact) => void catalogue.learn(provider, name, fact),
  });
  const tools = createBuiltInTools({
    userSkills: () => null,
    onJobEnded: (...ended) => void store.noteJobEnded(...ended),
  });
  const engine = new BuiltInEngine({
    model: chat,
    tools,
    userFolder: options.userFolder ?? null,
    policy: createPolicy({ statePaths: [state], ports: [], names: ["voxpilot"] }),
    digest: permissionDigest,
  });
  const store: SessionStore = new SessionStore({
    ...place,
    engines: new Map([[engine.id, engine]]),
    projects: new Projects({ ...place, folders: [] }),
    checkpoints: new Checkpoints({ directory: join(state, "checkpoints") }),
    defaultModel: () => catalogue.defaultModel(),
  });
  onTestFinished(() => store.close());
  return { store, jobs: tools.jobs };
}

function answer(session: Session, person: Person): () => void {
  return session.subscribe(({ update }) => {
    if (update.sessionUpdate !== "request_permission") return;
    const decision = person(update);
    if (decision === null) return;
    session
      .decide(update.requestId, { ...decision, digest: update.digest }, phone)
      .catch((error: unknown) => {
        throw error;
      });
  });
}

interface Checked {
  readonly model: ScriptedModel;
  readonly faults: readonly string[];
  readonly session: Session;
  readonly options: TaskOptions;
}

async function checkTask(checked: Checked): Promise<void> {
  const { model, session, options } = checked;
  const { window, goal } = options;
  expect(model.violations()).toEqual([]);
  expect(checked.faults).toEqual([]);
  const answered = model.requests().filter(({ answeredBy }) => answeredBy !== null);
  const refused = model.requests().filter(({ answeredBy }) => answeredBy === null);
  const limit = window.minuteTokens ?? window.limitTokens ?? window.listedTokens ?? 0;
  const isTold = window.minuteTokens === undefined && window.listedTokens !== undefined;
  // Whoever is not told learns it once.
  expect(refused.length).toBeLessThanOrEqual(isTold ? 0 : 1);
  expect(
    answered.map((request) => countedTokens(request, window)).filter((tokens) => tokens > limit),
  ).toEqual([]);
  const lost = answered.filter(({ answeredBy, body }) => {
    const text = JSON.stringify(body.messages);
    const isMain = answeredBy !== "summary" && !subagentWords.test(text);
    return isMain && !text.includes(JSON.stringify(goal).slice(1, -1));
  });
  expect(lost.map(({ number }) => number)).toEqual([]);
  const { events } = await session.readEvents({});
  expect(openCalls(events)).toEqual([]);
  expect(turnsWithoutOneEnd(events)).toEqual([]);
}

/** Calls that never came to an end. */
function openCalls(events: readonly SessionEvent[]): readonly string[] {
  const open = new Set<string>();
  for (const { update } of events) {
    if (update.sessionUpdate === "tool_call") open.add(update.toolCallId);
    const isEnd = update.sessionUpdate === "tool_call_update" && /completed|failed/.test(update.status ?? "");
    if (isEnd) open.delete(update.toolCallId);
  }
  return [...open];
}

function turnsWithoutOneEnd(events: readonly SessionEvent[]): readonly string[] {
  const turns = new Set(events.flatMap(({ turnId }) => (turnId === undefined ? [] : [turnId])));
  return [...turns].filter(
    (turnId) => events.filter((event) => event.turnId === turnId && isTerminal(event)).length !== 1,
  );
}
