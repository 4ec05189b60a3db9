/** The writer of server-sent events: batches, order, back pressure. */
import { expect, test, vi } from "vitest";
import { EventStream, eventFrame } from "../../../src/server/streams/event-stream.ts";

async function readAll(stream: EventStream): Promise<string> {
  return new Response(stream.response.body).text();
}

test("a frame has its event, its id and one line of data", () => {
  expect(eventFrame({ event: "update", id: "s:7", data: '{"a":1}' })).toBe(
    'event: update\nid: s:7\ndata: {"a":1}\n\n',
  );
  expect(eventFrame({ data: "1" })).toBe("data: 1\n\n");
});

test("everything that was sent arrives, in order, and the response ends with the stream", async () => {
  const stream = new EventStream(() => undefined);
  const text = readAll(stream);
  for (let number = 0; number < 1_000; number++) stream.send(eventFrame({ data: String(number) }));
  stream.close();
  const numbers = [...(await text).matchAll(/data: (\d+)/g)].map((match) => Number(match[1]));
  expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
});

test("what is sent in one go leaves in one write", async () => {
  const stream = new EventStream(() => undefined);
  const reader = stream.response.body?.getReader();
  const first = reader?.read();
  for (let number = 0; number < 100; number++) stream.send(eventFrame({ data: String(number) }));
  const { value } = (await first) ?? {};
  expect(
    Buffer.from(value ?? [])
      .toString()
      .match(/data:/g),
  ).toHaveLength(100);
  await reader?.cancel();
});

test("RES-02: a reader that does not read is let go at 4 MB, and nothing is kept for it", () => {
  const disconnect = vi.fn();
  const stream = new EventStream(disconnect);
  const frame = eventFrame({ data: "x".repeat(100_000) });
  let sent = 0;
  while (!stream.closed.aborted && sent < 100) {
    stream.send(frame);
    sent++;
  }
  expect(sent).toBe(41);
  expect(disconnect).toHaveBeenCalledOnce();
});

test("a replay waits for a slow reader, and goes on when it has read", async () => {
  const stream = new EventStream(() => undefined);
  stream.send(eventFrame({ data: "x".repeat(300_000) }));
  let isReady = false;
  const ready = stream.ready().then(() => {
    isReady = true;
  });
  await Promise.resolve();
  expect(isReady).toBe(false);
  const reader = stream.response.body?.getReader();
  await reader?.read();
  await ready;
  await reader?.cancel();
});

test("several replays wait for one reader, and all go on when it has read", async () => {
  const stream = new EventStream(() => undefined);
  stream.send(eventFrame({ data: "x".repeat(300_000) }));
  let goneOn = 0;
  const replays = [1, 2, 3].map(() => stream.ready().then(() => (goneOn += 1)));
  await Promise.resolve();
  expect(goneOn).toBe(0);
  const reader = stream.response.body?.getReader();
  await reader?.read();
  await Promise.all(replays);
  expect(goneOn).toBe(3);
  await reader?.cancel();
});

test("a reader that goes away closes the stream", async () => {
  const stream = new EventStream(() => undefined);
  await stream.response.body?.cancel();
  expect(stream.closed.aborted).toBe(true);
  stream.send(eventFrame({ data: "1" }));
  await stream.ready();
});

test("a ping comes every 3 seconds", async () => {
  vi.useFakeTimers();
  try {
    const stream = new EventStream(() => undefined);
    const text = readAll(stream);
    await vi.advanceTimersByTimeAsync(9_000);
    stream.close();
    expect(await text).toBe("event: ping\ndata: {}\n\n".repeat(3));
  } finally {
    vi.useRealTimers();
  }
});
