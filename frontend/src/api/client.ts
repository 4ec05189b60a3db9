/** The typed client of our own server. Every call ends in data or in a failure that says why; it never throws for one. */
import createClient from "openapi-fetch";
import type { paths } from "../api.d.ts";
import type { Outcome, ProblemCode, Refusal } from "./types.ts";

export type { Failure, Outcome, Refusal } from "./types.ts";

const timeoutMs = 20_000;
/** What is sent has its answer by then, or the machine may be away. */
const slowMs = 3000;
const noRoomStatus = 507;

/** Same-origin calls, named by method and path as in the interface's description. Wrap each one in `ask`. */
export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  fetch: fetchProving,
});

type Refused = (refusal: Refusal) => void;
let refused: Refused = () => undefined;

/** Codes of a 401 that say nothing of the device itself: it stays in. */
const staysIn: ReadonlySet<string> = new Set(["proof_needed", "github_not_signed_in"]);

/** `listener` hears of every 401 by which this browser is not, or no longer, paired. */
export function onSignedOut(listener: Refused): void {
  refused = listener;
}

let unreached: () => void = () => undefined;

/** `listener` hears of every call that got no answer: what claims to be connected may not be. */
export function onUnreachable(listener: () => void): void {
  unreached = listener;
}

let slow: (since: number) => void = () => undefined;

/** `listener` hears of every change that waits long for its answer, and since when, in milliseconds since the epoch. */
export function onSlow(listener: (since: number) => void): void {
  slow = listener;
}

let noRoom: () => void = () => undefined;

/** `listener` hears of every call that the machine refused because it cannot save: its disk may be full. */
export function onNoRoom(listener: () => void): void {
  noRoom = listener;
}

let prove: () => Promise<boolean> = async () => false;

/** `listener` is asked to show that it is still the owner when a call needs that; true: shown, the call goes on. */
export function onProofNeeded(listener: () => Promise<boolean>): void {
  prove = listener;
}

/** Turns one call of `api` into its outcome. */
export async function ask<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await call;
    // An answer without a body (204) has no data; its type then says so.
    if (response.ok) return { ok: true, data: data as T };
    if (response.status === noRoomStatus) noRoom();
    return { ok: false, failure: heard(readRefusal(response.status, error)) };
  } catch {
    // No answer, or one that is none of ours (a proxy's page): both mean that the machine was not reached.
    unreached();
    return { ok: false, failure: "unreachable" };
  }
}

/** Reads a problem+json body, whatever it turns out to be. */
export function readRefusal(status: number, body: unknown): Refusal {
  const problem = isRecord(body) ? body : {};
  return {
    status,
    // The page has words for unknown codes too, so a newer server's code is no danger.
    code: typeof problem.code === "string" ? (problem.code as ProblemCode) : "unknown",
    detail: typeof problem.detail === "string" ? problem.detail : "",
    data: isRecord(problem.data) ? problem.data : {},
  };
}

/** Tells the listener of a 401 that ends this device's stay, and hands the refusal back. */
export function heard(refusal: Refusal): Refusal {
  if (refusal.status === 401 && !staysIn.has(refusal.code)) refused(refusal);
  return refusal;
}

/** A call that needs fresh proof waits for it, and is then made again with the same body. */
async function fetchProving(request: Request): Promise<Response> {
  if (request.method === "GET") return fetchWithTimeout(request);
  const again = request.clone();
  const response = await fetchWithTimeout(request);
  if (response.status !== 401) return response;
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  if (readRefusal(response.status, problem).code !== "proof_needed" || !(await prove())) return response;
  return fetchWithTimeout(again);
}

async function fetchWithTimeout(request: Request): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  const since = Date.now();
  const slowTimer = request.method === "GET" ? undefined : setTimeout(() => slow(since), slowMs);
  request.signal.addEventListener("abort", () => controller.abort());
  try {
    return await fetch(request, { signal: controller.signal });
  } finally {
    clearTimeout(timer);
    clearTimeout(slowTimer);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
