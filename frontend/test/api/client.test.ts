// @vitest-environment happy-dom
/** What becomes of a refused call: who is signed out by it, and what goes on after fresh proof. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Answers one call after the other, and remembers what it was sent. */
function serverThatSays(answers: readonly Response[]): string[] {
  const sent: string[] = [];
  const waiting = [...answers];
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
    return waiting.shift() ?? Response.error();
  });
  return sent;
}

function refusal(status: number, code: string): Response {
  return Response.json({ code, detail: "" }, { status });
}

async function client() {
  const { api, ask, onProofNeeded, onSignedOut } = await import("../../src/api/client.ts");
  const signedOut: string[] = [];
  onSignedOut(({ code }) => signedOut.push(code));
  return { api, ask, onProofNeeded, signedOut };
}

test("NET-23: a call that needs fresh proof is made again with the same body once it was given", async () => {
  const made = { code: "K7QM3XTP", rights: "full", url: "http://studio/pair#K7QM3XTP", expiresAt: "x" };
  const sent = serverThatSays([refusal(401, "proof_needed"), Response.json(made, { status: 201 })]);
  const { api, ask, onProofNeeded, signedOut } = await client();
  const proofs: number[] = [];
  onProofNeeded(async () => proofs.push(sent.length) > 0);
  const outcome = await ask(api.POST("/api/pair/codes", { body: { rights: "full" } }));
  expect({ outcome, sent, proofs, signedOut }).toEqual({
    outcome: { ok: true, data: made },
    sent: ['POST /api/pair/codes {"rights":"full"}', 'POST /api/pair/codes {"rights":"full"}'],
    proofs: [1],
    signedOut: [],
  });
});

test("NET-23: without the proof the call stays refused, and the page stays signed in", async () => {
  const sent = serverThatSays([refusal(401, "proof_needed")]);
  const { api, ask, onProofNeeded, signedOut } = await client();
  onProofNeeded(async () => false);
  const outcome = await ask(api.POST("/api/pair/codes", { body: { rights: "full" } }));
  expect({ outcome, calls: sent.length, signedOut }).toEqual({
    outcome: { ok: false, failure: { status: 401, code: "proof_needed", detail: "", data: {} } },
    calls: 1,
    signedOut: [],
  });
});

test("a 401 signs this device out, but for those that say nothing of the device", async () => {
  const codes = ["not_paired", "device_revoked", "expired", "unheard_of", "github_not_signed_in"];
  serverThatSays(codes.map((code) => refusal(401, code)));
  const { api, ask, signedOut } = await client();
  for (const _ of codes) await ask(api.GET("/api/device"));
  expect(signedOut).toEqual(["not_paired", "device_revoked", "expired", "unheard_of"]);
});
