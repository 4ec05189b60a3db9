/** A device stream that ends while a session is still looked for. */
import { expect, test } from "vitest";
import { streamDevice } from "../../src/server/streams/device-stream.ts";
import { EventStream } from "../../src/server/streams/event-stream.ts";
import { runningApp } from "../support/running-app.ts";
import { writeSession } from "./written-session.ts";

test("a stream that ends while its session is looked for subscribes to nothing", async () => {
  const app = await runningApp();
  await writeSession(app.state, { id: "session-1", project: app.project, updates: [] });
  const session = await app.parts.sessions.find("session-1");
  if (session === null) throw new Error("It was just written.");
  const stream = new EventStream(() => undefined);
  let foundIt: () => void = () => undefined;
  const looked = new Promise<void>((resolve) => {
    foundIt = resolve;
  });
  const subscribed: string[] = [];
  const spied = new Proxy(session, {
    get(target, name) {
      if (name === "onEnded" || name === "subscribe") subscribed.push(name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const sessions = new Proxy(app.parts.sessions, {
    get(target, name) {
      if (name !== "find") {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return async () => {
        stream.close();
        foundIt();
        return spied;
      };
    },
  });
  const positions = [{ sessionId: "session-1", after: 0 }];
  streamDevice({ stream, deviceId: "d1", positions, parts: { ...app.parts, sessions } });
  await looked;
  await new Promise(setImmediate);
  expect(subscribed).toEqual([]);
});
