/** The list of devices over HTTP: limits and sign-outs hold at once, also for what is open. */
import { expect, test } from "vitest";
import type { AgentTurn, TurnOutcome } from "../../../src/engines/engine.ts";
import type { DeviceRights } from "../../../src/protocol/device.ts";
import { DeviceList } from "../../../src/server/routes/access/devices.ts";
import type { Session } from "../../../src/sessions/session.ts";
import { eventsOf, problemOf, type RunningApp, runningApp } from "../../support/running-app.ts";

const options = [
  { optionId: "allow_once", kind: "allow_once", name: "Allow once" },
  { optionId: "allow_always", kind: "allow_always", name: "Allow" },
  { optionId: "reject_always", kind: "reject_always", name: "Never" },
] as const;

/** Asks one question after another, until one is answered for always. */
async function askOn(turn: AgentTurn): Promise<TurnOutcome> {
  for (let count = 1; ; count++) {
    const answer = await turn.requestPermission({
      requestId: `request-${count}`,
      toolCallId: `call-${count}`,
      // Another command each time, so that no grant answers it.
      subject: { type: "command", command: `npm test ${count}`, cwd: "." },
      content: [],
      reach: ["writes_files"],
      dangerous: false,
      options: [...options],
      digest: `digest-${count}`,
    });
    if (answer.type !== "allowed") return { stopReason: "end_turn" };
  }
}

const addDevice = (app: RunningApp, rights: DeviceRights, name = "phone") =>
  app.parts.devices.add({ name, rights });

test("NET-22: devices are listed without secrets, renamed, limited and signed out one by one", async () => {
  const app = await runningApp();
  const { device, token } = await addDevice(app, "full");
  const limited = await app.request(`PATCH /api/devices/${device.id}`, {
    body: { name: "old phone", rights: "read" },
  });
  expect(await limited.json()).toEqual({ ...device, name: "old phone", rights: "read" });
  await app.request("GET /api/device", { token });
  const { devices } = await app.read("GET /api/devices", DeviceList);
  expect(devices.map(({ name, lastAddress }) => [name, lastAddress])).toEqual([
    ["a full device", "in-process"],
    ["old phone", "in-process"],
  ]);
  expect(devices.every(({ lastSeenAt }) => lastSeenAt !== null)).toBe(true);
  expect(JSON.stringify(devices)).not.toMatch(/[0-9a-f]{64}/);
  expect((await app.request("POST /api/sessions", { token, body: { project: app.project } })).status).toBe(
    403,
  );
  expect((await app.request(`DELETE /api/devices/${device.id}`)).status).toBe(204);
  const out = await app.request("GET /api/device", { token });
  expect([out.status, await problemOf(out)]).toMatchObject([
    401,
    { code: "device_revoked", data: { by: "a full device" } },
  ]);
  expect((await app.request(`DELETE /api/devices/${device.id}`)).status).toBe(404);
});

test("NET-22: after 31 days without a visit a device is told that it expired", async () => {
  const clock = { now: new Date("2026-01-01T12:00:00Z") };
  const app = await runningApp({ now: () => clock.now });
  const token = await app.tokenOf("full");
  clock.now = new Date("2026-02-01T12:00:00Z");
  const response = await app.request("GET /api/sessions", { token });
  expect([response.status, (await problemOf(response)).code]).toEqual([401, "expired"]);
});

test("NET-23: to make a device full needs fresh proof; to limit, rename or leave it so needs none", async () => {
  const clock = { now: new Date("2026-01-01T12:00:00Z") };
  const app = await runningApp({ now: () => clock.now });
  const { device } = await addDevice(app, "approve");
  clock.now = new Date("2026-01-01T13:00:00Z");
  const change = (id: string, body: object) => app.request(`PATCH /api/devices/${id}`, { body });
  const refused = await change(device.id, { rights: "full" });
  expect([refused.status, (await problemOf(refused)).code]).toEqual([401, "proof_needed"]);
  expect(app.parts.devices.find(device.id)?.rights).toBe("approve");
  expect((await change(device.id, { rights: "read", name: "tablet" })).status).toBe(200);
  expect((await change(device.id, { rights: "approve" })).status).toBe(200);
  const [own] = app.parts.devices.list();
  expect((await change(own?.id ?? "", { rights: "full", name: "laptop" })).status).toBe(200);
  app.parts.freshProof.note(own?.id ?? "");
  expect((await change(device.id, { rights: "full" })).status).toBe(200);
});

test("the last device with full rights cannot be limited: 409 says why", async () => {
  const app = await runningApp();
  const [own] = app.parts.devices.list();
  const refused = await app.request(`PATCH /api/devices/${own?.id}`, { body: { rights: "read" } });
  expect([refused.status, (await problemOf(refused)).code]).toEqual([409, "last_full_device"]);
  expect((await app.request("GET /api/devices")).status).toBe(200);
});

test("NET-21: a device of any rights signs itself out and loses both cookies; another one it cannot", async () => {
  const app = await runningApp();
  for (const rights of ["read", "approve", "full"] as const) {
    const { device, token } = await addDevice(app, rights);
    const other = await addDevice(app, "read", "other");
    const headers = { cookie: `voxpilot_device=${token}` };
    const foreign = await app.request(`DELETE /api/devices/${other.device.id}`, { token: null, headers });
    expect([rights, foreign.status]).toEqual([rights, rights === "full" ? 204 : 403]);
    const response = await app.request(`DELETE /api/devices/${device.id}`, { token: null, headers });
    expect([rights, response.status, response.headers.getSetCookie()]).toEqual([
      rights,
      204,
      [
        "voxpilot_device=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
        "gh_token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
      ],
    ]);
    expect((await app.request("GET /api/device", { token: null, headers })).status).toBe(401);
  }
});

test("NET-21: “sign out all others” takes effect at once on a hundred devices, and spares the one that asks", async () => {
  const app = await runningApp();
  const others = [];
  for (let count = 0; count < 100; count++) others.push(await addDevice(app, "approve", `device ${count}`));
  const { devices } = await app.read("DELETE /api/devices", DeviceList);
  expect(devices.map(({ id }) => id)).toEqual(others.map(({ device }) => device.id));
  for (const { token } of others) expect((await app.request("GET /api/device", { token })).status).toBe(401);
  const left = await app.read("GET /api/devices", DeviceList);
  expect(left.devices.map(({ name }) => name)).toEqual(["a full device"]);
});

test("NET-21: signing a device out ends its open stream, and no other's, within a second", async () => {
  const app = await runningApp();
  const { device, token } = await addDevice(app, "read");
  const stays = await app.request("GET /api/events");
  const stream = await app.request("GET /api/events", { token });
  const seen: string[] = [];
  let signedOutAt = 0;
  for await (const { event } of eventsOf(stream)) {
    seen.push(event);
    await app.request(`DELETE /api/devices/${device.id}`);
    signedOutAt = performance.now();
  }
  expect(seen).toEqual(["snapshot"]);
  expect(performance.now() - signedOutAt).toBeLessThan(1_000);
  const reader = stays.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  await reader?.cancel();
});

test("NET-21: lower rights end what a device has open as well", async () => {
  const app = await runningApp();
  const { device, token } = await addDevice(app, "approve");
  const stream = await app.request("GET /api/events", { token });
  const seen: string[] = [];
  for await (const { event } of eventsOf(stream)) {
    seen.push(event);
    await app.request(`PATCH /api/devices/${device.id}`, { body: { rights: "read" } });
  }
  expect(seen).toEqual(["snapshot"]);
});

test("NET-21: a request whose body is still on its way when its device is signed out does nothing", async () => {
  const app = await runningApp();
  const { device, token } = await addDevice(app, "full");
  const before = (await app.parts.projects.list()).length;
  let send = (_text: string): void => undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      send = (text) => {
        controller.enqueue(Buffer.from(text));
        controller.close();
      };
    },
  });
  const answer = app.request("POST /api/projects", { token, stream: body });
  await app.parts.devices.revoke(device.id, "laptop");
  send(JSON.stringify({ path: app.state }));
  const response = await answer;
  expect([response.status, (await problemOf(response)).code]).toEqual([401, "device_revoked"]);
  expect(await app.parts.projects.list()).toHaveLength(before);
});

test("a device that is renamed while it is signed out stays out", async () => {
  const app = await runningApp();
  const { device, token } = await addDevice(app, "full");
  const [renamed, gone, again] = await Promise.all([
    app.request(`PATCH /api/devices/${device.id}`, { body: { name: "renamed" } }),
    app.request(`DELETE /api/devices/${device.id}`),
    app.request(`DELETE /api/devices/${device.id}`),
  ]);
  expect([gone.status, again.status].sort()).toEqual([204, 404]);
  expect([200, 404]).toContain(renamed.status);
  expect((await app.request("GET /api/device", { token })).status).toBe(401);
});

test("a device that may approve decides once, for the turn and for the session; for always only a full one does", async () => {
  const app = await runningApp({ runTurn: askOn });
  const { device, token } = await addDevice(app, "approve");
  const actor = { kind: "device", id: device.id, name: device.name } as const;
  const session = await app.parts.sessions.create({ project: app.project }, actor);
  await session.submitPrompt(
    { id: "prompt-0001", content: [{ type: "text", text: "Go." }], delivery: "queue" },
    actor,
  );
  const decide = async (count: number, choice: object, by: string | undefined) => {
    await questionOf(session, `request-${count}`);
    const call = `POST /api/sessions/${session.id}/permissions/request-${count}`;
    const body = { digest: `digest-${count}`, ...choice };
    return (await app.request(call, by === undefined ? { body } : { body, token: by })).status;
  };
  expect(await decide(1, { optionId: "allow_once" }, token)).toBe(200);
  expect(await decide(2, { optionId: "allow_always", grant: { scope: "turn" } }, token)).toBe(200);
  expect(await decide(3, { optionId: "allow_always", grant: { scope: "session" } }, token)).toBe(200);
  expect(await decide(4, { optionId: "allow_always", grant: { scope: "always" } }, token)).toBe(400);
  expect(await decide(4, { optionId: "allow_always" }, token)).toBe(403);
  expect(await decide(4, { optionId: "reject_always" }, token)).toBe(403);
  expect(await decide(4, { optionId: "allow_once" }, await app.tokenOf("read"))).toBe(403);
  expect(await decide(4, { optionId: "reject_always" }, undefined)).toBe(200);
});

/** Resolves once that question waits for an answer. */
function questionOf(session: Session, requestId: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!session.summary().pending.some((request) => request.requestId === requestId)) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = session.subscribe(look);
    look();
  });
}

test("NET-23: to sign all others out at once needs fresh proof; one by one it needs none", async () => {
  const clock = { now: new Date("2026-01-01T12:00:00Z") };
  const app = await runningApp({ now: () => clock.now });
  const { device } = await addDevice(app, "full");
  clock.now = new Date("2026-01-01T13:00:00Z");
  const refused = await app.request("DELETE /api/devices");
  expect([refused.status, (await problemOf(refused)).code]).toEqual([401, "proof_needed"]);
  expect(app.parts.devices.find(device.id)).not.toBeNull();
  const [own] = app.parts.devices.list();
  app.parts.freshProof.note(own?.id ?? "");
  expect((await app.request("DELETE /api/devices")).status).toBe(200);
  const { device: lost } = await addDevice(app, "full");
  clock.now = new Date("2026-01-01T14:00:00Z");
  expect((await app.request(`DELETE /api/devices/${lost.id}`)).status).toBe(204);
});

test.each(["revoke", "limit"] as const)(
  "NET-21: to %s a device ends the auto that it set and the grants that it gave, and nobody else's",
  async (end) => {
    const app = await runningApp({ runTurn: askOn });
    const { device, token } = await addDevice(app, "full");
    const sessionWith = async (id: string, by: string | undefined) => {
      const asking = by === undefined ? {} : { token: by };
      const content = [{ type: "text", text: "Go." }];
      await app.request("POST /api/sessions", {
        body: { id, project: app.project, mode: "auto" },
        ...asking,
      });
      await app.request(`POST /api/sessions/${id}/prompts`, { body: { id: "prompt-0001", content } });
      const session = await app.parts.sessions.find(id);
      if (session === null) throw new Error("It is gone.");
      await questionOf(session, "request-1");
      const call = `POST /api/sessions/${id}/permissions/request-1`;
      const choice = { optionId: "allow_always", grant: { scope: "session" } };
      await app.request(call, { body: { digest: "digest-1", ...choice }, ...asking });
      await questionOf(session, "request-2");
      return session;
    };
    const [theirs, ours] = [
      await sessionWith("session-of-phone", token),
      await sessionWith("session-0001", undefined),
    ];
    expect([theirs.summary().mode, ours.summary().mode]).toEqual(["auto", "auto"]);
    const call = `${end === "revoke" ? "DELETE" : "PATCH"} /api/devices/${device.id}`;
    await app.request(call, end === "revoke" ? {} : { body: { rights: "approve" } });
    expect([theirs.summary().mode, ours.summary().mode]).toEqual(["ask", "auto"]);
    await app.parts.sessions.withdraw(device.id);
    const written = (await theirs.readEvents({})).events.filter(({ by }) => by?.kind === "server");
    expect(written.map(({ update }) => update)).toMatchObject([
      { sessionUpdate: "session_info_update" },
      { sessionUpdate: "current_mode_update", currentModeId: "ask" },
      { sessionUpdate: "permission_outcome", requestId: "request-1", outcome: { reason: "grant_ended" } },
    ]);
    const endGrant = (id: string) => app.request(`DELETE /api/sessions/${id}/grants/request-1`);
    expect([(await endGrant(theirs.id)).status, (await endGrant(ours.id)).status]).toEqual([404, 204]);
  },
);
