/** Pairing codes: shown once, kept as hashes, good once and for ten minutes. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PairingCodes } from "../../src/access/pairing.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function openCodes(directory: string, clock = { now: new Date("2026-01-01T12:00:00Z") }) {
  return { clock, codes: await PairingCodes.open({ directory, files: durableFiles, now: () => clock.now }) };
}

test("a code has eight characters without 0 O 1 I L, with a dash between, and says when it ends", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const made = await codes.create();
  expect(made.code).toMatch(/^[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}$/);
  expect(made.expiresAt).toBe("2026-01-01T12:10:00.000Z");
});

test("NET-24: a code is good once", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const { code } = await codes.create();
  expect(await codes.redeem(code)).toBe("accepted");
  expect(await codes.redeem(code)).toBe("expired");
});

test("NET-24: of a hundred takers at once exactly one gets in", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const { code } = await codes.create();
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => codes.redeem(code)));
  expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(1);
});

test("a code may be typed in lower case, without its dash or with spaces", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const { code } = await codes.create();
  expect(await codes.redeem(` ${code.toLowerCase().replace("-", " ")} `)).toBe("accepted");
});

test("NET-24: a code ends after ten minutes", async () => {
  const { codes, clock } = await openCodes(await temporaryFolder());
  const { code } = await codes.create();
  clock.now = new Date("2026-01-01T12:10:00Z");
  expect(await codes.redeem(code)).toBe("expired");
});

test("a code that was never made is unknown, and so is one that ended long ago", async () => {
  const { codes, clock } = await openCodes(await temporaryFolder());
  const { code } = await codes.create();
  expect(await codes.redeem("AAAA-AAAA")).toBe("unknown");
  clock.now = new Date("2026-01-01T14:00:00Z");
  await codes.create();
  expect(await codes.redeem(code)).toBe("unknown");
});

test("a code made before the server ran is good, and its use outlives a restart", async () => {
  const directory = await temporaryFolder();
  const { code } = await (await openCodes(directory)).codes.create();
  expect(await (await openCodes(directory)).codes.redeem(code)).toBe("accepted");
  expect(await (await openCodes(directory)).codes.redeem(code)).toBe("expired");
});

test("NET-07: the file holds no code", async () => {
  const directory = await temporaryFolder();
  const { code } = await (await openCodes(directory)).codes.create();
  const text = await readFile(join(directory, "pairing.json"), "utf8");
  expect(text).not.toContain(code);
  expect(text).not.toContain(code.replace("-", ""));
});
