/** One request to GitHub: bounded in time and size, no redirect followed, so that a token reaches no other address. */
import { parseJson } from "../../workspace/json-text.ts";
import { GitHubError } from "./github-error.ts";

export interface GitHubRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly timeoutMs: number;
}

export interface GitHubAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined when the body is empty, no JSON, or too long. */
  readonly body: unknown;
}

const maxBodyBytes = 256 * 1024;

/** Asks. Rejects with `GitHubError` `unreachable` or `rate_limited`, or with the signal's reason; any other status is an answer. */
export async function askGitHub(request: GitHubRequest, signal: AbortSignal): Promise<GitHubAnswer> {
  const answer = await exchange(request, signal);
  if (answer.status >= 500) throw new GitHubError("unreachable", { detail: undefined });
  if (isRateLimited(answer)) {
    throw new GitHubError("rate_limited", { retryAfterSeconds: retryAfterSeconds(answer.headers) });
  }
  return answer;
}

async function exchange(request: GitHubRequest, signal: AbortSignal): Promise<GitHubAnswer> {
  const { method, address, headers, body, timeoutMs } = request;
  try {
    const response = await fetch(address, {
      method,
      headers: {
        "user-agent": "VoxPilot",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return { status: response.status, headers: response.headers, body: parseJson(await readText(response)) };
  } catch {
    signal.throwIfAborted();
    // Refused, cut off, timed out, no such name: for whoever signs in it is all the same.
    throw new GitHubError("unreachable");
  }
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > maxBodyBytes) return "";
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** GitHub says so with 429, or with 403 and nothing remaining or a time to wait. A 403 alone is a refusal. */
function isRateLimited({ status, headers }: GitHubAnswer): boolean {
  if (status === 429) return true;
  return status === 403 && (headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after"));
}

const longestWaitSeconds = 60 * 60;

function retryAfterSeconds(headers: Headers): number {
  const told = Number(headers.get("retry-after") ?? Number.NaN);
  const resetsAt = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  const seconds = Number.isFinite(told) ? told : Math.ceil(resetsAt - Date.now() / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), longestWaitSeconds) : 60;
}
