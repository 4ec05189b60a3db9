/** The listening socket: taken first, so that the port is known to everything that is built after it. */
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Credentials } from "../../access/tls/server-certificate.ts";
import type { Config } from "../../config.ts";
import { systemErrorCode } from "../../workspace/workspace-error.ts";
import { type ConnectionCaps, ConnectionLimits } from "./connection-limits.ts";
import type { TlsFront } from "./tls-front.ts";

/** The port cannot be had; the message is one line with the fix. */
export class ListenFailed extends Error {
  override readonly name = "ListenFailed";
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

export interface ListenPlan {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** For https beside plain http on the same port; null: plain http alone. */
  readonly credentials: Credentials | null;
  /** Addresses and ranges that carry many clients; default: none. */
  readonly trustedProxies?: readonly string[];
  /** Default: what a person's devices need, and much more. */
  readonly caps?: ConnectionCaps;
}

export interface Listening {
  readonly port: number;
  /** What it listens on in the end. */
  readonly host: string;
  /** From now on requests are answered; those that came before have waited. */
  serve(listener: RequestListener): void;
  /** New connections get another certificate; those that are open go on. */
  renew(credentials: Credentials): void;
  /** No new connections; those that are open go on. */
  stopAccepting(): void;
  /** Resolves when every connection is closed: idle ones at once, the others after a moment for their answers. */
  close(): Promise<void>;
}

const lastAnswersMs = 500;

/** Limits against peers that send slowly or too much: header bytes answer 431, late headers and bodies 408. */
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  // How often the two are looked at.
  connectionsCheckingInterval: 2_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 60_000,
};

/** Binds the port. Rejects with `ListenFailed`. */
export async function listen(plan: ListenPlan): Promise<Listening> {
  const { host, port, credentials, trustedProxies = [], caps } = plan;
  let ready: (listener: RequestListener) => void = () => undefined;
  const listener = new Promise<RequestListener>((resolve) => {
    ready = resolve;
  });
  let current: RequestListener | null = null;
  const connections = new ConnectionLimits(trustedProxies, caps);
  const server = createServer(limits, (request, response) => {
    connections.note(request, response);
    if (current !== null) current(request, response);
    else void listener.then((serve) => serve(request, response));
  });
  const front = await acceptInto(server, connections, credentials);
  const bound = await bind(server, host, port);
  const closed = once(server, "close");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    host: bound,
    serve(next) {
      current = next;
      ready(next);
    },
    renew: (renewed) => front?.renew(renewed),
    stopAccepting: () => void server.close(),
    close: () => closeAll(server, connections, closed),
  };
}

/** Puts the limits, and TLS where there is any, before the server's own handling of connections. */
async function acceptInto(
  server: Server,
  connections: ConnectionLimits,
  credentials: Credentials | null,
): Promise<TlsFront | null> {
  const serveHttp = server.listeners("connection");
  server.removeAllListeners("connection");
  const pass = (socket: Socket) => {
    for (const listener of serveHttp) listener.call(server, socket);
  };
  // Loaded only for https: a plain start does without all of TLS.
  const front =
    credentials === null ? null : (await import("./tls-front.ts")).createTlsFront(credentials, pass);
  const accept = front === null ? pass : front.accept;
  server.on("connection", (socket: Socket) => {
    if (connections.admit(socket)) accept(socket);
  });
  return front;
}

/** Resolves to the host that was bound: a machine without IPv6 has its every address on IPv4. */
async function bind(server: Server, host: string, port: number): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, "listening");
    return host;
  } catch (error) {
    const hasNoIpv6 = ["EAFNOSUPPORT", "EADDRNOTAVAIL"].includes(systemErrorCode(error) ?? "");
    if (host === everywhere && hasNoIpv6) return bind(server, "0.0.0.0", port);
    throw describeFailure(error, host, port);
  }
}

async function closeAll(
  server: Server,
  connections: ConnectionLimits,
  closed: Promise<unknown>,
): Promise<void> {
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    server.closeAllConnections();
    connections.cutAll();
  }, lastAnswersMs);
  await closed;
  clearTimeout(timer);
}

/** Every address of the machine, IPv4 ones too. */
const everywhere = "::";

/** What the server binds: `--lan` means every address, whatever the host says. */
export function boundHost({ host, lan }: Pick<Config, "host" | "lan">): string {
  return lan ? everywhere : host;
}

/** Rejects with `ListenFailed` when the host is neither an address nor a name of one. */
export async function assertAddress(host: string, port: number): Promise<void> {
  await lookup(host).catch((error: unknown) => {
    throw describeFailure(error, host, port);
  });
}

/** An origin, with the brackets that IPv6 needs and without the port that the scheme implies. */
export function addressUrl(place: { scheme: "http" | "https"; host: string; port: number }): string {
  const { scheme, host, port } = place;
  return new URL(`${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`).origin;
}

function describeFailure(error: unknown, host: string, port: number): unknown {
  const code = systemErrorCode(error);
  switch (code) {
    case "EADDRINUSE":
      return new ListenFailed(
        `Port ${port} is in use. Choose another: npm start -- --port ${port + 1}`,
        code,
      );
    case "EACCES":
      return new ListenFailed(
        `Port ${port} needs more rights than this user has. Choose one above 1023: --port 8000`,
        code,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ListenFailed(
        `${host} is no address of this machine. Choose one that is: --host 127.0.0.1`,
        code,
      );
    default:
      return error;
  }
}
