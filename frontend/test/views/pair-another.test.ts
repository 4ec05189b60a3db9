// @vitest-environment happy-dom
/** The sheet that lets another device in notices when it has come. */
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the code gives way to the name of the device that came, and nothing is asked once the sheet is closed", async () => {
  vi.useFakeTimers();
  const own = { id: "d1", name: "laptop", rights: "full", lastSeenAt: null, lastAddress: null, login: null };
  let devices = [own];
  let asked = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    if (new URL(request.url).pathname === "/api/pair/codes")
      return Response.json(
        {
          code: "ABCD2345",
          url: "http://studio:4747/pair#ABCD2345",
          rights: "read",
          expiresAt: new Date(Date.now() + 600_000).toISOString(),
        },
        { status: 201 },
      );
    asked += 1;
    return Response.json({ devices });
  });
  const { openPairAnother } = await import("../../src/views/devices/pair-another-sheet.ts");
  openPairAnother();
  const sheet = document.querySelector("dialog");
  const rows = () => sheet?.querySelector(".option-list");
  sheet?.querySelectorAll<HTMLElement>(".option-row")[2]?.click();
  expect(rows()?.hasAttribute("inert")).toBe(true);
  await vi.advanceTimersByTimeAsync(100);
  expect([rows(), sheet?.querySelector(".pair-code")?.textContent]).toEqual([null, "ABCD-2345"]);
  devices = [own, { ...own, id: "d2", name: "Pixel 9", rights: "read" }];
  await vi.advanceTimersByTimeAsync(3_100);
  expect([
    sheet?.querySelector(".pair-another")?.textContent,
    sheet?.querySelector(".pair-code") ?? null,
  ]).toEqual(["Pixel 9 is paired: Read.", null]);
  sheet?.querySelector<HTMLElement>(".sheet-head button")?.click();
  await vi.advanceTimersByTimeAsync(100);
  const after = asked;
  await vi.advanceTimersByTimeAsync(10_000);
  expect([asked, document.querySelector("dialog")]).toEqual([after, null]);
});
