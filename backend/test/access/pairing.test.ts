/** Pairing codes: shown once, kept as hashes, good once and for ten minutes, with the rights that they give. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CodeOrigin, PairingCodes } from "../../src/access/pairing.ts";
import { hashSecret } from "../../src/access/secret.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const terminal: CodeOrigin = { rights: "full", madeBy: null };
const anyOrigin = () => true;
const accepted = { outcome: "accepted", ...terminal };
const dayMs = 24 * 60 * 60_000;

async function openCodes(directory: string, clock = { now: new Date("2026-01-01T12:00:00Z") }) {
  return { clock, codes: await PairingCodes.open({ directory, files: durableFiles, now: () => clock.now }) };
}

test("a code has eight characters without 0 O 1 I L, with a dash between, and says when it ends and what it gives", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const made = await codes.create({ rights: "read", madeBy: "phone" });
  expect(made).toEqual({ code: made.code, expiresAt: "2026-01-01T12:10:00.000Z", rights: "read" });
  expect(made.code).toMatch(/^[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}$/);
});

test("NET-24: a code is good once", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const { code } = await codes.create(terminal);
  expect(await codes.redeem(code, anyOrigin)).toEqual(accepted);
  expect(await codes.redeem(code, anyOrigin)).toEqual({ outcome: "expired" });
});

test("NET-24: of a hundred takers at once exactly one gets in", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const { code } = await codes.create(terminal);
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => codes.redeem(code, anyOrigin)));
  expect(outcomes.filter(({ outcome }) => outcome === "accepted")).toHaveLength(1);
});

test("a code may be typed in lower case, without its dash or with spaces", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const { code } = await codes.create(terminal);
  expect(await codes.redeem(` ${code.toLowerCase().replace("-", " ")} `, anyOrigin)).toEqual(accepted);
});

test("NET-24: a code ends after ten minutes", async () => {
  const { codes, clock } = await openCodes(await temporaryFolder());
  const { code } = await codes.create(terminal);
  clock.now = new Date("2026-01-01T12:10:00Z");
  expect(await codes.redeem(code, anyOrigin)).toEqual({ outcome: "expired" });
});

test("NET-29: a clock that is set back a day makes no code good for longer", async () => {
  const { codes, clock } = await openCodes(await temporaryFolder());
  const { code } = await codes.create(terminal);
  clock.now = new Date(clock.now.getTime() - dayMs);
  expect(await codes.redeem(code, anyOrigin)).toEqual({ outcome: "expired" });
  const { code: another } = await codes.create(terminal);
  expect(await codes.redeem(another, anyOrigin)).toEqual(accepted);
});

test("a code gives the rights that it was made with, and says who made it", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const { code } = await codes.create({ rights: "approve", madeBy: "phone" });
  expect(await codes.redeem(code, anyOrigin)).toEqual({
    outcome: "accepted",
    rights: "approve",
    madeBy: "phone",
  });
});

test("a code that is not fit for what is asked stays unused", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const { code } = await codes.create({ rights: "full", madeBy: "phone" });
  const fromTerminal = ({ madeBy }: CodeOrigin) => madeBy === null;
  expect(await codes.redeem(code, fromTerminal)).toEqual({ outcome: "unfit" });
  expect((await codes.redeem(code, anyOrigin)).outcome).toBe("accepted");
});

test("a code that was never made is unknown, and so is one that ended long ago", async () => {
  const { codes, clock } = await openCodes(await temporaryFolder());
  const { code } = await codes.create(terminal);
  expect(await codes.redeem("AAAA-AAAA", anyOrigin)).toEqual({ outcome: "unknown" });
  clock.now = new Date("2026-01-01T14:00:00Z");
  await codes.create(terminal);
  expect(await codes.redeem(code, anyOrigin)).toEqual({ outcome: "unknown" });
});

test("a code made before the server ran is good, and its use outlives a restart", async () => {
  const directory = await temporaryFolder();
  const { code } = await (await openCodes(directory)).codes.create(terminal);
  expect(await (await openCodes(directory)).codes.redeem(code, anyOrigin)).toEqual(accepted);
  expect(await (await openCodes(directory)).codes.redeem(code, anyOrigin)).toEqual({ outcome: "expired" });
});

test("codes of an earlier file are the terminal's, with full rights", async () => {
  const directory = await temporaryFolder();
  const code = { hash: hashSecret("ABCDEFGH"), expiresAt: "2026-01-01T12:05:00.000Z", used: false };
  await writeFile(join(directory, "pairing.json"), JSON.stringify({ version: 1, codes: [code] }));
  expect(await (await openCodes(directory)).codes.redeem("ABCD-EFGH", anyOrigin)).toEqual(accepted);
});

test("NET-07: the file holds no code", async () => {
  const directory = await temporaryFolder();
  const { code } = await (await openCodes(directory)).codes.create(terminal);
  const text = await readFile(join(directory, "pairing.json"), "utf8");
  expect(text).not.toContain(code);
  expect(text).not.toContain(code.replace("-", ""));
});

test("a device has ten good codes at a time, and pushes out none of the terminal or of another device", async () => {
  const { codes } = await openCodes(await temporaryFolder());
  const ofTerminal = await codes.create(terminal);
  const ofTablet = await codes.create({ rights: "read", madeBy: "tablet" });
  const made: string[] = [];
  for (let count = 0; count < 60; count++)
    made.push((await codes.create({ rights: "read", madeBy: "phone" })).code);
  const redeemed = async (code: string) => (await codes.redeem(code, anyOrigin)).outcome;
  expect(await redeemed(ofTerminal.code)).toBe("accepted");
  expect(await redeemed(ofTablet.code)).toBe("accepted");
  expect(await redeemed(made[49] ?? "")).toBe("unknown");
  for (const code of made.slice(50)) expect(await redeemed(code)).toBe("accepted");
});
