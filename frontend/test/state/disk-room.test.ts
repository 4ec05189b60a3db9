// @vitest-environment happy-dom
/** How full the machine's disk is said to be, and for how long. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let disk: "enough" | "low" | "full";
let asked = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  vi.resetModules();
  localStorage.clear();
  disk = "enough";
  asked = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    if (new URL(request.url).pathname !== "/api/device")
      return Response.json({ code: "disk_full" }, { status: 507 });
    asked += 1;
    return Response.json({ id: "d1", rights: "full", server: { machine: "studio", disk } });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function openPage() {
  const { diskRoom, followDiskRoom } = await import("../../src/state/disk-room.ts");
  const { loadDevice } = await import("../../src/state/access/device.ts");
  followDiskRoom();
  await loadDevice();
  return diskRoom;
}

test("RES-07: a refusal for want of room is asked about at once, and each minute until there is room again", async () => {
  const room = await openPage();
  await vi.advanceTimersByTimeAsync(180_000);
  expect([room.value, asked]).toEqual(["enough", 1]);
  disk = "full";
  const { api, ask } = await import("../../src/api/client.ts");
  await ask(api.GET("/api/models"));
  await vi.advanceTimersByTimeAsync(10);
  expect([room.value, asked]).toEqual(["full", 2]);
  disk = "low";
  await vi.advanceTimersByTimeAsync(60_000);
  expect([room.value, asked]).toEqual(["low", 3]);
  disk = "enough";
  await vi.advanceTimersByTimeAsync(60_000);
  expect([room.value, asked]).toEqual(["enough", 4]);
  await vi.advanceTimersByTimeAsync(180_000);
  expect(asked).toBe(4);
});
