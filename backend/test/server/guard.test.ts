/** Request targets as only a socket can send them. */
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import { expect, onTestFinished, test } from "vitest";
import { createApp } from "../../src/server/app.ts";
import { host, runningApp } from "../support/running-app.ts";

/** The status of the answer to a GET of `target`. */
async function statusOf(port: number, target: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return (await text(socket)).slice(9, 12);
}

test("NET-09: an absolute target must name this host and nothing beside it", async () => {
  const app = await runningApp();
  const server = createServer(getRequestListener(createApp(app.parts).fetch)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const targets = ["evil.example", `user@${host}`, `user:word@${host}`, `${host}.evil`, host];
  const statuses = targets.map((authority) => statusOf(port, `http://${authority}/api/health`));
  expect(await Promise.all(statuses)).toEqual(["421", "421", "421", "400", "200"]);
  expect(app.errors).toEqual([]);
});
