/** The HTTP edge on a real socket of loopback, for what only bytes can say. */
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import { onTestFinished } from "vitest";
import type { Credentials } from "../../src/access/tls/server-certificate.ts";
import { listen } from "../../src/command-line/reach/listen.ts";
import { createApp } from "../../src/server/app.ts";
import type { Logger, ServerParts } from "../../src/server/parts.ts";
import { host, type RunningApp, type RunningAppOptions, runningApp } from "./running-app.ts";

export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface ServedApp {
  readonly app: RunningApp;
  readonly port: number;
  /** Everything that was logged, in order. */
  readonly lines: readonly LogLine[];
  /** Sends these bytes, and resolves to all that comes back. */
  send(bytes: string): Promise<string>;
  /** The status of a request of these header lines; a `Host` that is ours goes before them, unless `host` is null. */
  status(request: RawRequest): Promise<number>;
}

export interface RawRequest {
  /** `GET /api/health`. */
  readonly call: string;
  readonly headers?: readonly string[];
  readonly host?: string | null;
  readonly body?: string;
}

/** The app answers to `127.0.0.1:8000`, whatever port it really has. */
export async function servedApp(
  options: RunningAppOptions & { readonly credentials?: Credentials } = {},
): Promise<ServedApp> {
  const app = await runningApp(options);
  const lines: LogLine[] = [];
  const parts: ServerParts = { ...app.parts, logger: loggerInto(lines) };
  const listening = await listen({ host: "127.0.0.1", port: 0, credentials: options.credentials ?? null });
  onTestFinished(() => listening.close());
  listening.serve(getRequestListener(createApp(parts).fetch));
  const { port } = listening;
  const send = async (bytes: string) => {
    const socket = connect(port, "127.0.0.1");
    // Not ended: a server need not answer somebody who has stopped talking.
    socket.write(bytes);
    return text(socket);
  };
  const status = async (request: RawRequest) => Number((await send(rawRequest(request))).slice(9, 12));
  return { app, port, lines, send, status };
}

/** The bytes of a request after which the connection ends. */
export function rawRequest({ call, headers = [], host: named = host, body = "" }: RawRequest): string {
  const lines = [
    `${call} HTTP/1.1`,
    ...(named === null ? [] : [`Host: ${named}`]),
    ...headers,
    ...(body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    "Connection: close",
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

function loggerInto(lines: LogLine[]): Logger {
  const note =
    (level: keyof Logger) =>
    (message: string, facts: Readonly<Record<string, unknown>> = {}) =>
      void lines.push({ level, message, facts });
  return { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
}
