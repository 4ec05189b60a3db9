/** What a start says. */
import { expect, test } from "vitest";
import { bannerText } from "../../src/command-line/banner.ts";

const banner = {
  address: "http://127.0.0.1:8000",
  code: { code: "K7QM-3XTP", expiresAt: "2026-01-01T12:10:00.000Z" },
  isDemo: false,
  isTerminal: false,
};

test("one block: where it listens, the link, the code, how long it is good", async () => {
  expect(await bannerText(banner)).toBe(`
  VoxPilot
  Listening on http://127.0.0.1:8000

  Pair a browser: http://127.0.0.1:8000/pair#K7QM-3XTP
  or type the code K7QM-3XTP there. Good for 10 minutes, once.

`);
});

test("a terminal gets the link as a QR code too", async () => {
  const text = await bannerText({ ...banner, isTerminal: true });
  expect(text.split("\n").filter((line) => /[█▀▄]/.test(line)).length).toBeGreaterThan(10);
});

test("the demo says what it is", async () => {
  expect(await bannerText({ ...banner, isDemo: true })).toContain("VoxPilot demo: a script, not a model.");
});
