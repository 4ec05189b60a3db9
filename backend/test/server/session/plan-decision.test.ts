/** Who may start the work by accepting a plan: the same people who may change the mode. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Model, type ModelEvent, unknownFacts } from "../../../src/agent/model.ts";
import { BuiltInEngine } from "../../../src/engines/built-in.ts";
import { permissionDigest } from "../../../src/permissions/digest.ts";
import { createPolicy } from "../../../src/permissions/policy.ts";
import { SessionSummary } from "../../../src/protocol/session.ts";
import { createBuiltInTools } from "../../../src/tools/index.ts";
import { type RunningApp, runningApp } from "../../support/running-app.ts";

const stop: ModelEvent = { type: "end", end: { type: "stop" }, calls: [], usage: null, contextWindow: null };

function playing(...calls: readonly (readonly [name: string, input: object])[]): Model {
  const left = [...calls];
  return {
    describe: () => Promise.resolve(unknownFacts),
    async *stream() {
      const next = left.shift();
      if (next === undefined) {
        yield stop;
        return;
      }
      const [name, input] = next;
      const call = { id: `v${left.length}`, name, arguments: JSON.stringify(input) };
      yield { ...stop, end: { type: "calls" }, calls: [call] };
    },
  };
}

async function planningApp() {
  const engine = new BuiltInEngine({
    model: playing(["exit_plan", { plan: "Tidy up" }], ["write", { path: "made.txt", content: "made\n" }]),
    tools: createBuiltInTools({ userSkills: () => null }),
    policy: createPolicy({ statePaths: [], ports: [], names: [] }),
    digest: permissionDigest,
  });
  const app = await runningApp({ runTurn: (turn) => engine.runTurn({ ...turn, model: "test/model" }) });
  return { app, approve: await app.tokenOf("approve"), full: await app.tokenOf("full") };
}

/** A session in plan mode, made by a device of these rights, whose agent has presented its plan. */
async function presented(app: RunningApp, token: string, mode = "plan") {
  const body = { project: app.project, mode };
  const { id } = await app.read("POST /api/sessions", SessionSummary, { token, body });
  const prompt = { id: "prompt-0001", content: [{ type: "text", text: "Plan it" }] };
  await app.request(`POST /api/sessions/${id}/prompts`, { token, body: prompt });
  const summary = () => app.read(`GET /api/sessions/${id}`, SessionSummary);
  return { id, summary };
}

type Presented = Awaited<ReturnType<typeof presented>>;

async function accept(app: RunningApp, { id, summary }: Presented, by: { token: string; optionId: string }) {
  await expect.poll(async () => (await summary()).pending.length).toBe(1);
  const [question] = (await summary()).pending;
  const body = { optionId: by.optionId, digest: question?.digest };
  const path = `POST /api/sessions/${id}/permissions/${question?.requestId}`;
  return (await app.request(path, { token: by.token, body })).status;
}

async function isMade(app: RunningApp): Promise<boolean> {
  return access(join(app.project, "made.txt")).then(
    () => true,
    () => false,
  );
}

interface AcceptedRow {
  readonly maker: "approve" | "full";
  readonly optionId: string;
  readonly decider: "approve" | "full";
  readonly status: number;
}

test.each<AcceptedRow>([
  { maker: "approve", optionId: "start_edit", decider: "approve", status: 403 },
  { maker: "full", optionId: "start_edit", decider: "approve", status: 403 },
  { maker: "full", optionId: "start_ask", decider: "approve", status: 403 },
  { maker: "approve", optionId: "start_ask", decider: "approve", status: 200 },
  { maker: "full", optionId: "keep", decider: "approve", status: 200 },
  { maker: "full", optionId: "start_ask", decider: "full", status: 200 },
  { maker: "approve", optionId: "start_edit", decider: "full", status: 200 },
])(
  "APR-15: of a plan that a device with $maker rights asked for, $optionId by one with $decider rights is answered $status",
  async ({ maker, optionId, decider, status }) => {
    const { app, ...tokens } = await planningApp();
    const session = await presented(app, tokens[maker]);
    expect(await accept(app, session, { token: tokens[decider], optionId })).toBe(status);
    if (status === 200 && optionId === "start_edit") await expect.poll(() => isMade(app)).toBe(true);
    else expect(await isMade(app)).toBe(false);
    if (status === 403) expect((await session.summary()).mode).toBe("plan");
  },
);

test("APR-15: outside plan mode a called exit_plan asks nobody and changes no mode", async () => {
  const { app, approve } = await planningApp();
  const session = await presented(app, approve, "ask");
  await expect.poll(async () => (await session.summary()).pending[0]?.subject.type).toBe("edit");
  expect((await session.summary()).mode).toBe("ask");
});

test("APR-20: the mode that an accepted plan sets stands in the log and in the audit in the name of who accepted it", async () => {
  const { app, full } = await planningApp();
  const session = await presented(app, full);
  expect(await accept(app, session, { token: full, optionId: "start_edit" })).toBe(200);
  await expect.poll(async () => (await session.summary()).mode).toBe("edit");
  const device = app.parts.devices.authenticate(full, null);
  const id = device.type === "device" ? device.device.id : "";
  const page = await app.parts.sessions.readEvents(session.id, {});
  const changes = (page?.events ?? []).filter(({ update }) => update.sessionUpdate === "current_mode_update");
  expect(changes.map(({ by }) => by)).toEqual([{ kind: "device", id, name: "a full device" }]);
  const audited = async () =>
    (await app.parts.audit.page({ limit: 100 })).entries.find(
      ({ record }) => record.kind === "mode_changed" && record.mode === "edit",
    );
  await expect.poll(audited).toMatchObject({
    actor: { kind: "device", id, name: "a full device", address: null },
    record: { kind: "mode_changed", session: session.id, mode: "edit", endsAt: null },
  });
});
