/** The listening socket: taken first, so that the port is known to everything that is built after it. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Config } from "../config.ts";
import { systemErrorCode } from "../workspace/workspace-error.ts";

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

export interface Listening {
  readonly port: number;
  /** From now on requests are answered; those that came before have waited. */
  serve(listener: RequestListener): void;
  /** No new connections; those that are open go on. */
  stopAccepting(): void;
  /** Resolves when every connection is closed: idle ones at once, the others after a moment for their answers. */
  close(): Promise<void>;
}

const lastAnswersMs = 500;

/** Limits against peers that send slowly or too much: header bytes answer 431, late headers and bodies 408. */
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 15_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 60_000,
};

/** Binds the port. Rejects with `ListenFailed`. */
export async function listen(host: string, port: number): Promise<Listening> {
  let ready: (listener: RequestListener) => void = () => undefined;
  const listener = new Promise<RequestListener>((resolve) => {
    ready = resolve;
  });
  let current: RequestListener | null = null;
  const server = createServer(limits, (request, response) => {
    if (current !== null) current(request, response);
    else void listener.then((serve) => serve(request, response));
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw describeFailure(error, host, port);
  }
  const closed = once(server, "close");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    serve(next) {
      current = next;
      ready(next);
    },
    stopAccepting: () => void server.close(),
    close: () => closeAll(server, closed),
  };
}

async function closeAll(server: Server, closed: Promise<unknown>): Promise<void> {
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), lastAnswersMs);
  await closed;
  clearTimeout(timer);
}

/** The origin that people are told: the public one, else this machine's own. */
export function addressOf(config: Pick<Config, "host" | "publicUrl">, port: number): string {
  if (config.publicUrl !== null) return config.publicUrl.origin;
  const isEverywhere = config.host === "0.0.0.0" || config.host === "::";
  const host = isEverywhere ? "127.0.0.1" : config.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
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
      return new ListenFailed(
        `${host} is no address of this machine. Choose one that is: --host 127.0.0.1`,
        code,
      );
    default:
      return error;
  }
}
