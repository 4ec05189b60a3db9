/** What a start says. */
import { expect, test } from "vitest";
import { bannerText } from "../../src/command-line/banner.ts";

const banner = {
  address: "http://127.0.0.1:8000",
  code: { code: "K7QM-3XTP", expiresAt: "2026-01-01T12:10:00.000Z" },
  bound: { host: "127.0.0.1", port: 8000 },
  demoProject: null,
  isTerminal: false,
};

test("one block: where it listens, the link, the code, how long it is good", async () => {
  expect(await bannerText(banner)).toBe(`
  VoxPilot
  Listening on http://127.0.0.1:8000

  Pair a browser: http://127.0.0.1:8000/pair#K7QM-3XTP
  or type the code K7QM-3XTP there. Good for 10 minutes, once.
  Another device cannot open this address by itself: docs/phone.md says how.

`);
});

test("a terminal gets the link as a QR code too", async () => {
  const text = await bannerText({ ...banner, isTerminal: true });
  expect(text.split("\n").filter((line) => /[█▀▄]/.test(line)).length).toBeGreaterThan(10);
});

test("the demo says what it is, and where its project lies", async () => {
  const text = await bannerText({ ...banner, demoProject: "/tmp/shop" });
  expect(text).toContain("VoxPilot demo: a script, not a model.");
  expect(text).toContain("/tmp/shop");
});

test.each([
  [{ bound: null }, "It is not running. Start it (npm start) before the code is used."],
  [
    { address: "https://studio.example.ts.net" },
    "Listening on http://127.0.0.1:8000, reached as https://studio.example.ts.net",
  ],
  [
    { bound: { host: "0.0.0.0", port: 8000 } },
    "Listening on every address of this machine, port 8000, without encryption",
  ],
])("it says truly where it listens: %j", async (change, line) => {
  expect((await bannerText({ ...banner, ...change })).split("\n")[2]).toBe(`  ${line}`);
});
