/** Gets one page: names are resolved once, every address is checked, and only those are connected to (INJ-04). */
import { lookup as systemLookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { ToolError } from "../../agent/tool.ts";
import { systemErrorCode } from "../../workspace/workspace-error.ts";
import { isPrivateAddress } from "./addresses.ts";

/** How names are resolved and addresses judged; handed in so that tests can play a network. */
export interface FetchNetwork {
  /** Every address of a host. */
  lookup(hostname: string): Promise<readonly string[]>;
  isPrivate(address: string): boolean;
}

/** The machine's own. */
export const systemNetwork: FetchNetwork = {
  lookup: async (hostname) => (await systemLookup(hostname, { all: true })).map((found) => found.address),
  isPrivate: isPrivateAddress,
};

export interface FetchTask {
  readonly url: URL;
  /** A person has agreed to an address in this machine or its networks. */
  readonly mayBePrivate: boolean;
  readonly signal: AbortSignal;
}

export interface FetchedPage {
  readonly type: "page";
  readonly url: URL;
  readonly status: number;
  readonly mimeType: string;
  readonly charset: string;
  readonly bytes: Buffer;
  /** There was more than is taken. */
  readonly isCut: boolean;
}

/** `elsewhere`: it redirects to another place, which has to be asked for by itself. */
export type FetchOutcome = FetchedPage | { readonly type: "elsewhere"; readonly url: URL };

const timeLimitMs = 30_000;
const connectLimitMs = 10_000;
const mostRedirects = 5;
const largestPage = 2_000_000;
/** As of an address that is given. */
const longestLocation = 4_000;

/** Throws ToolError with what went wrong; never sends credentials or cookies. */
export async function fetchPage(task: FetchTask, network: FetchNetwork): Promise<FetchOutcome> {
  const addresses = await addressesOf(task, network);
  const { Agent, fetch } = await import("undici");
  const connect = { lookup: pinned(addresses), timeout: connectLimitMs, autoSelectFamily: true };
  const dispatcher = new Agent({ connect, maxHeaderSize: 65_536 });
  const limit = AbortSignal.timeout(timeLimitMs);
  const signal = AbortSignal.any([task.signal, limit]);
  try {
    let url = task.url;
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      const response = await fetch(url.href, { dispatcher, signal, redirect: "manual", headers });
      const next = redirectOf(response, url);
      if (next === null) return { type: "page", url, ...(await readResponse(response)) };
      await response.body?.cancel();
      if (!isSamePlace(url, next)) return { type: "elsewhere", url: next };
      url = next;
    }
    throw new ToolError(`${task.url.href} redirects more than ${mostRedirects} times. Try another address.`);
  } catch (error) {
    task.signal.throwIfAborted();
    if (error instanceof ToolError) throw error;
    throw limit.aborted ? tooSlow(task.url) : inWords(error, task.url);
  } finally {
    await dispatcher.destroy();
  }
}

const headers = {
  accept: "text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.5",
  "user-agent": "Mozilla/5.0 (compatible; VoxPilot)",
};

async function addressesOf(task: FetchTask, network: FetchNetwork): Promise<readonly string[]> {
  const { hostname, href } = task.url;
  const name = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(name) !== 0 ? [name] : await lookedUp(name, network);
  const [privateOne] = addresses.filter((address) => network.isPrivate(address));
  if (privateOne === undefined || task.mayBePrivate) return addresses;
  throw new ToolError(
    `${href} leads to ${privateOne}, an address in this machine or its networks; nothing was fetched. If the user wants it, call web_fetch with that address in place of the name, so that they are asked.`,
  );
}

async function lookedUp(hostname: string, network: FetchNetwork): Promise<readonly string[]> {
  const addresses = await network.lookup(hostname).catch((error: unknown) => {
    const code = systemErrorCode(error) ?? "no answer";
    throw new ToolError(`The name ${hostname} could not be resolved (${code}). Check the address.`);
  });
  if (addresses.length > 0) return addresses;
  throw new ToolError(`The name ${hostname} has no address. Check it.`);
}

/** Whatever name is asked for, the addresses that were checked are the only ones. */
function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const [first] = found;
    if (options.all === true) callback(null, found);
    else if (first !== undefined) callback(null, first.address, first.family);
  };
}

interface ResponseHead {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

function redirectOf(response: ResponseHead, from: URL): URL | null {
  const location = response.headers.get("location");
  if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return null;
  const isShort = location.length <= longestLocation;
  const next = isShort && URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  const isWeb =
    next !== null &&
    next.href.length <= longestLocation &&
    /^https?:$/.test(next.protocol) &&
    next.username === "" &&
    next.password === "";
  if (isWeb) return next;
  throw new ToolError(
    `${from.href} redirects to "${location.slice(0, 200)}", which is not a plain web address; nothing was fetched. Try another address.`,
  );
}

/** The same host and port, or the same host's encrypted form. */
function isSamePlace(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  return (
    from.hostname === to.hostname && from.protocol === "http:" && to.protocol === "https:" && to.port === ""
  );
}

interface WebResponse extends ResponseHead {
  readonly body: AsyncIterable<Uint8Array> | null;
}

async function readResponse(response: WebResponse): Promise<Omit<FetchedPage, "type" | "url">> {
  const type = response.headers.get("content-type") ?? "text/plain";
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece.subarray(0, largestPage - size));
    size += piece.byteLength;
    if (size > largestPage) break;
  }
  return {
    status: response.status,
    mimeType: (type.split(";")[0] ?? "").trim().toLowerCase(),
    charset: /charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ?? "utf-8",
    bytes: Buffer.concat(pieces),
    isCut: size > largestPage,
  };
}

function tooSlow(url: URL): ToolError {
  return new ToolError(
    `${url.href} took longer than ${timeLimitMs / 1_000} s. Try it once more, or another address.`,
  );
}

function inWords(error: unknown, url: URL): ToolError {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const reason = systemErrorCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return new ToolError(`${url.href} could not be fetched: ${reason}. Check the address, or try another.`);
}
