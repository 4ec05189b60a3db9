/** On which connections somebody has spoken who may come in: these are the last to go when there are too many. */
import type { Socket } from "node:net";
import type { MiddlewareHandler } from "hono";
import type { ServerEnvironment } from "../parts.ts";
import { pairedDevice } from "./authorisation.ts";
import { incomingOf } from "./connection.ts";

const known = new WeakSet<Socket>();

/** Remembers the connection of each request of a paired device, for as long as it is open. */
export const noteKnownConnection: MiddlewareHandler<ServerEnvironment> = async (context, next) => {
  const socket = incomingOf(context)?.socket;
  if (socket !== undefined && pairedDevice(context) !== null) known.add(socket);
  await next();
};

/** Whether a paired device has asked something on this connection. */
export function isKnownConnection(socket: Socket): boolean {
  return known.has(socket);
}
