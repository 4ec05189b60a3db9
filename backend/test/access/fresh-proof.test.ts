/** NET-23: how long it counts that somebody has just shown who holds a device. */
import { expect, test } from "vitest";
import { FreshProof } from "../../src/access/fresh-proof.ts";

const noon = Date.parse("2026-01-01T12:00:00.000Z");
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const oldDevice = { id: "phone", createdAt: "2025-06-01T00:00:00.000Z" };

function proofAt(time: { ms: number }): FreshProof {
  return new FreshProof({ now: () => new Date(time.ms) });
}

test("NET-23: proof that was given holds for five minutes, for that device alone", () => {
  const time = { ms: noon };
  const proof = proofAt(time);
  expect(proof.freshUntil(oldDevice)).toBeNull();
  proof.note("phone");
  expect(proof.freshUntil(oldDevice)).toEqual(new Date("2026-01-01T12:05:00.000Z"));
  expect(proof.freshUntil({ ...oldDevice, id: "tablet" })).toBeNull();
  time.ms += 5 * minuteMs - 1;
  expect(proof.freshUntil(oldDevice)).not.toBeNull();
  time.ms += 1;
  expect(proof.freshUntil(oldDevice)).toBeNull();
});

test("NET-23: to have been paired a moment ago is proof, until five minutes after", () => {
  const time = { ms: noon + minuteMs };
  const proof = proofAt(time);
  const device = { id: "new", createdAt: new Date(noon).toISOString() };
  expect(proof.freshUntil(device)).toEqual(new Date(noon + 5 * minuteMs));
  proof.note("new");
  expect(proof.freshUntil(device)).toEqual(new Date(noon + 6 * minuteMs));
  time.ms = noon + 6 * minuteMs;
  expect(proof.freshUntil(device)).toBeNull();
});

test("NET-29: a clock that jumps a day makes proof stale, never fresh for longer", () => {
  for (const jumpMs of [dayMs, -dayMs]) {
    const time = { ms: noon };
    const proof = proofAt(time);
    proof.note("phone");
    time.ms += jumpMs;
    expect(proof.freshUntil(oldDevice)).toBeNull();
    expect(proof.freshUntil({ id: "new", createdAt: new Date(noon).toISOString() })).toBeNull();
  }
});
