/** Who may hold how many connections, and which one goes when there are too many. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { isIP, type Socket } from "node:net";
import { canonicalAddress, TrustedProxies } from "../../access/trusted-proxies.ts";
import { isKnownConnection } from "../../server/callers/known-connections.ts";

export interface ConnectionCaps {
  /** Far above what one person's devices open. */
  readonly total: number;
  /** What this machine and the owner's proxies on one side, and all others on the other, cannot take from each other. */
  readonly reserved: number;
  /** For one IPv4 address or one IPv6 /64. A browser opens six. */
  readonly perClient: number;
}

const defaultCaps: ConnectionCaps = { total: 1_000, reserved: 100, perClient: 64 };

interface Connection {
  readonly socket: Socket;
  readonly client: string;
  /** This machine itself, or a proxy that carries many clients over one address. */
  readonly isNear: boolean;
  /** The latest one. */
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | null;
}

/** Every connection of a server, from its first moment on. */
export class ConnectionLimits {
  readonly #caps: ConnectionCaps;
  readonly #proxies: TrustedProxies;
  /** The oldest first. */
  readonly #open = new Map<string, Connection>();

  constructor(trustedProxies: readonly string[], caps: ConnectionCaps = defaultCaps) {
    this.#proxies = new TrustedProxies(trustedProxies);
    this.#caps = caps;
  }

  /** Takes a new connection in, in the place of a lesser one when there are too many; false: it was closed instead. */
  admit(socket: Socket): boolean {
    const connection = this.#describe(socket);
    if (!this.#makeRoom(connection)) {
      socket.destroy();
      return false;
    }
    const key = keyOf(socket);
    this.#open.set(key, connection);
    socket.once("close", () => {
      if (this.#open.get(key) === connection) this.#open.delete(key);
    });
    return true;
  }

  /** What a connection is used for decides how soon it goes. */
  note(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#open.get(keyOf(request.socket));
    if (connection !== undefined) connection.exchange = { request, response };
  }

  /** Cuts every connection, also one that has not come to a request yet. */
  cutAll(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  #describe(socket: Socket): Connection {
    const address = canonicalAddress(socket.remoteAddress ?? "") ?? "";
    const isNear = address === "127.0.0.1" || address === "::1" || this.#proxies.isTrusted(address);
    return { socket, client: networkOf(address), isNear, exchange: null };
  }

  #makeRoom(newcomer: Connection): boolean {
    const crowd = this.#crowdAround(newcomer);
    if (crowd === null) return true;
    const least = leastNeeded(crowd);
    if (least === null) return false;
    this.#open.delete(keyOf(least.socket));
    least.socket.destroy();
    return true;
  }

  /** Those among whom one must go before another comes in; null: there is room. */
  #crowdAround({ client, isNear }: Connection): readonly Connection[] | null {
    const { total, reserved, perClient } = this.#caps;
    const all = [...this.#open.values()];
    const ofClient = isNear ? [] : all.filter((connection) => connection.client === client);
    if (ofClient.length >= perClient) return ofClient;
    const ofKind = all.filter((connection) => connection.isNear === isNear);
    if (ofKind.length >= total - reserved) return ofKind;
    return all.length >= total ? all : null;
  }
}

/** The oldest of those that matter least; null when all of them are busy for a paired device. */
function leastNeeded(crowd: readonly Connection[]): Connection | null {
  let least: { connection: Connection; need: number } | null = null;
  for (const connection of crowd) {
    const need = needOf(connection);
    if (need < busy && (least === null || need < least.need)) least = { connection, need };
  }
  return least?.connection ?? null;
}

const [unproven, complete, known, busy] = [0, 1, 2, 3];

function needOf({ exchange }: Connection): number {
  if (exchange === null) return unproven;
  const { request, response } = exchange;
  if (isKnownConnection(request.socket)) return response.writableEnded ? known : busy;
  return request.complete ? complete : unproven;
}

/** The same for a connection and for the TLS in it. */
function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** An IPv4 address, or the /64 that one IPv6 client has all of; link-local ones are all in the same. */
function networkOf(address: string): string {
  if (isIP(address) !== 6 || address.startsWith("fe80:")) return address;
  const [head = [], tail = []] = address.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const gap = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return [...head, ...gap, ...tail].slice(0, 4).join(":");
}
