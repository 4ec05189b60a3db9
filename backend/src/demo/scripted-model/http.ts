/** Reading and writing JSON over node:http, with errors in OpenAI's shape. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ScriptedError } from "./script.ts";

const bodyLimitBytes = 64 * 1024 * 1024;

export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The body as JSON, or undefined when it is none. Rejects beyond 64 MiB. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    parts.push(part);
    bytes += part.length;
    if (bytes > bodyLimitBytes) throw new Error("the request is larger than 64 MiB");
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    // Whoever validates it next says that something was expected.
    return undefined;
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export function sendError(response: ServerResponse, { status, code, message }: ErrorAnswer): void {
  sendJson(response, status, { error: { message, type: "invalid_request_error", param: null, code } });
}

/** A string body is sent as plain text, so that HTML and broken JSON can be played too. */
export function sendScriptedError(response: ServerResponse, { status, headers, body }: ScriptedError): void {
  const isText = typeof body === "string";
  const usualBody = { error: { message: `Scripted failure ${status}`, type: "scripted", code: null } };
  response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json", ...headers });
  response.end(isText ? body : JSON.stringify(body ?? usualBody));
}
