/** kill -9 of the whole program while a session goes back and many files are put back. */
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turnOfTheLoop, setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { RewindAnswer, RewindPreview } from "../../src/protocol/rewind.ts";
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

/** About as long as 40 files take. */
const longestWritingMs = 30;

const id = "session-that-goes-back";
const call = `POST /api/sessions/${id}/rewind`;
const namesOf = (kind: string, count: number) =>
  Array.from({ length: count }, (_, number) => `${kind}-${String(number).padStart(2, "0")}.txt`);
const [changed, made, gone] = [namesOf("changed", 20), namesOf("made", 10), namesOf("gone", 10)];
const names = [...changed, ...made, ...gone].sort();
/** What the turn does to them; the first line of each says which of both it is. */
const command = [
  `for name in ${changed.join(" ")} ${made.join(" ")}; do echo after > $name; done`,
  `rm ${gone.join(" ")}`,
].join("; ");

type Files = Readonly<Record<string, string | null>>;
const filesAs = (moment: "before" | "after"): Files =>
  Object.fromEntries(
    names.map((name) => {
      const isThere = !(moment === "before" ? made : gone).includes(name);
      return [name, isThere ? `${moment}\n` : null];
    }),
  );

/** Those of the project, and nothing else may be there. */
async function filesOf({ project }: Home): Promise<Files> {
  const found = await readdir(project);
  expect(found.filter((name) => !names.includes(name))).toEqual([]);
  const texts = await Promise.all(
    names.map((name) => (found.includes(name) ? readFile(join(project, name), "utf8") : null)),
  );
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? null]));
}

/** As the files must be when only these have gone back. */
const filesWith = (done: readonly string[]): Files => {
  const [before, after] = [filesAs("before"), filesAs("after")];
  return Object.fromEntries(
    names.map((name) => [name, (done.includes(name) ? before : after)[name] ?? null]),
  );
};

/** Resolves once the files are about to be written, or false: it was over before that was seen. */
async function hasIntent({ state }: Home, asked: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  void asked.then(() => {
    isOver = true;
  });
  const path = join(state, "sessions", id, "rewind.json");
  while (!isOver && !existsSync(path)) await turnOfTheLoop();
  return !isOver;
}

interface Words {
  readonly promptId: string;
  readonly text: string;
}

/** One turn with these words, all that it asks for allowed; resolves to its id once it is over. */
async function turnOf(server: DrivenServer, { promptId, text }: Words): Promise<string> {
  const after = (await server.events(id)).at(-1)?.seq ?? 0;
  const over = new Promise<string>((resolve) => {
    const onEvent = ({ update, turnId = "" }: SessionEvent) => {
      if (update.sessionUpdate === "request_permission") {
        const optionId = update.options.find(({ kind }) => kind === "allow_once")?.optionId;
        const { digest, requestId } = update;
        void server.request(`POST /api/sessions/${id}/permissions/${requestId}`, { optionId, digest });
      }
      if (update.sessionUpdate !== "state_update" || update.state !== "idle") return;
      stop();
      resolve(turnId);
    };
    const stop = server.follow(id, onEvent, after);
  });
  await server.request(`POST /api/sessions/${id}/prompts`, {
    id: promptId,
    content: [{ type: "text", text }],
  });
  return over;
}

/** What is to be sent: of a look at the files as they are. */
async function requestOf(server: DrivenServer, rewindId: string, turnId: string) {
  const looked = await server.request(call, { turnId, scope: "both", preview: true });
  const { digest, files } = RewindPreview.parse(looked?.body);
  expect(files.map(({ path }) => path)).toEqual(names);
  return { id: rewindId, turnId, scope: "both", digest };
}

async function rewindsOf(server: DrivenServer, rewindId: string) {
  return (await server.events(id)).flatMap(({ seq, update }) =>
    update.sessionUpdate === "rewind" && update.rewindId === rewindId ? [{ seq, ...update.files }] : [],
  );
}

async function answered(server: DrivenServer, body: object): Promise<RewindAnswer> {
  const answer = await server.request(call, body);
  return RewindAnswer.parse(answer?.body);
}

test("DUR-24: kill -9 at random moments of going back leaves each file as it was or as it was before, the log says which, and the same id answers", {
  timeout: timeLimitMs(120_000),
}, async () => {
  const random = seededRandom("DUR-24");
  const kills = rounds({ short: 8, long: 400 });
  const home = await makeHome(await temporaryFolder());
  for (const name of [...changed, ...gone]) await writeFile(join(home.project, name), "before\n");
  const model = await wordyModel();
  const launch = { entry: bundle.entry, home, environment: { VOXPILOT_MODELS_BASE_URL: model.baseUrl } };
  const token = await addDevice(launch);
  let server = await startDriven(launch, token);
  await server.request("POST /api/sessions", { id, project: home.project });
  const turnId = await turnOf(server, { promptId: "prompt-0001", text: `run: ${command}` });
  expect(await filesOf(home)).toEqual(filesAs("after"));

  const whole = await requestOf(server, "rewind-whole", turnId);
  const startedAt = performance.now();
  const { seq } = await answered(server, whole);
  const wholeMs = performance.now() - startedAt;
  expect(await filesOf(home)).toEqual(filesAs("before"));
  await answered(server, { id: "undo-whole", undoes: seq });

  const found = { nothing: 0, part: 0, all: 0 };
  for (let kill = 0; kill < kills; kill += 1) {
    const request = await requestOf(server, `rewinding-${kill}`, turnId);
    const asked = server.request(call, request);
    // Now anywhere in it, now while files are being written, which is the least part of its time.
    if (kill % 4 === 0) await wait(random.below(Math.ceil(wholeMs * 1.1)));
    else await wait(random.below((await hasIntent(home, asked)) ? longestWritingMs : 1));
    await server.kill();
    const told = await asked;
    server = await startDriven(launch, token);

    const lines = await rewindsOf(server, request.id);
    const done = lines[0]?.done ?? [];
    expect(await filesOf(home)).toEqual(filesWith(done));
    if (told !== null) expect(lines).toEqual([told.body]);
    const skipped = names.filter((name) => !done.includes(name));
    if (lines.length > 0)
      expect(lines[0]?.skipped).toEqual(skipped.map((path) => ({ path, reason: "failed" })));
    found[done.length === 0 ? "nothing" : skipped.length === 0 ? "all" : "part"] += 1;

    // Asked again it is what it was, or it is done now: once in any case.
    const again = await answered(server, request);
    expect(again.done).toEqual(lines.length === 0 ? names : done);
    expect(await rewindsOf(server, request.id)).toEqual([again]);
    expect(await filesOf(home)).toEqual(filesWith(again.done));
    const undone = await answered(server, { id: `undoing-${kill}`, undoes: again.seq });
    expect(undone.done).toEqual(again.done);
    expect(await filesOf(home)).toEqual(filesAs("after"));
  }
  await server.kill();
  const { nothing, part, all } = found;
  process.stdout.write(
    `DUR-24: ${kills} kills within ${Math.round(wholeMs)} ms; nothing had gone back ${nothing} times, a part ${part}, all ${all}\n`,
  );
});

test("a prompt after going back, also after a kill, sends the model no word of what left", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const home = await makeHome(await temporaryFolder());
  const model = await wordyModel();
  const launch = { entry: bundle.entry, home, environment: { VOXPILOT_MODELS_BASE_URL: model.baseUrl } };
  const token = await addDevice(launch);
  let server = await startDriven(launch, token);
  await server.request("POST /api/sessions", { id, project: home.project });
  const asked = async (promptId: string, text: string) => {
    const before = model.requests().length;
    const turnId = await turnOf(server, { promptId, text });
    return { turnId, sent: JSON.stringify(model.requests().slice(before)) };
  };
  await asked("prompt-0001", "Keep the xylophone.");
  const { turnId, sent } = await asked("prompt-0002", "run: echo marzipan-$((20 + 3))");
  // As it was said, and as the command printed it.
  expect([sent.includes("echo marzipan-$"), sent.includes("marzipan-23")]).toEqual([true, true]);
  const looked = await server.request(call, { turnId, scope: "conversation", preview: true });
  const { digest } = RewindPreview.parse(looked?.body);
  await answered(server, { id: "rewind-0001", turnId, scope: "conversation", digest });
  const { sent: next } = await asked("prompt-0003", "And now?");
  await server.kill();
  server = await startDriven(launch, token);
  const { sent: last } = await asked("prompt-0004", "And then?");
  await server.kill();
  expect([next, last].map((text) => [text.includes("xylophone"), text.includes("marzipan")])).toEqual([
    [true, false],
    [true, false],
  ]);
});
