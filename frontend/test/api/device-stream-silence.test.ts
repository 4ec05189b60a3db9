// @vitest-environment happy-dom
/** How the page's stream tells a machine that is silent from one that is gone. */
import { expect, test, vi } from "vitest";
import { begin, connected, playMachine } from "./played-machine.ts";

const machine = playMachine();

test("5 seconds of silence, and two without an answer, are told as lost since the last word", async () => {
  const { states, told } = begin();
  await connected(machine, 1);
  machine.connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  const lastHeardAt = told[0]?.lastHeardAt;
  machine.isSilent = true;
  await vi.advanceTimersByTimeAsync(6_800);
  expect(states).toEqual(["open"]);
  await vi.advanceTimersByTimeAsync(300);
  expect(states).toEqual(["open", "lost"]);
  expect(told.at(-1)).toMatchObject({ phase: "lost", lastHeardAt, failure: "unreachable" });
  machine.isSilent = false;
  await vi.advanceTimersByTimeAsync(10_000);
  await connected(machine, 2);
});

test("a stream whose next word is only late stays the one that it was", async () => {
  const { states } = begin();
  await connected(machine, 1);
  machine.connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  machine.isSilent = true;
  await vi.advanceTimersByTimeAsync(9000);
  expect(states).toEqual(["open", "lost"]);
  machine.connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open", "lost", "open"]));
  machine.isSilent = false;
  for (let word = 0; word < 20; word += 1) {
    machine.connections[0]?.send("event: ping\ndata: {}\n\n");
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(states).toEqual(["open", "lost", "open"]);
  expect(machine.connections.length).toBe(1);
});

test("a machine that answers while its stream says nothing has the stream opened anew, and nothing is told of it", async () => {
  const { states } = begin();
  await connected(machine, 1);
  machine.connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  await vi.advanceTimersByTimeAsync(5100);
  await connected(machine, 2);
  expect(states).toEqual(["open"]);
});

test("what waits long for its answer asks whether the machine lives: no answer in two seconds is told as lost since it was sent", async () => {
  const { stream, told } = begin();
  await connected(machine, 1);
  machine.connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(told.length).toBe(1));
  await vi.advanceTimersByTimeAsync(1000);
  const sentAt = Date.now();
  const lastHeardAt = told[0]?.lastHeardAt;
  await vi.advanceTimersByTimeAsync(3000);
  await stream.suspect(sentAt);
  expect(told.length).toBe(1);
  machine.isSilent = true;
  void stream.suspect(sentAt);
  await vi.advanceTimersByTimeAsync(2010);
  expect(told.at(-1)).toEqual({ phase: "lost", lastHeardAt, failure: "unreachable", since: sentAt });
  machine.connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(told.at(-1)?.phase).toBe("open"));
});

test("a phone without a network has lost the machine at once, whatever the stream claims", async () => {
  const { states } = begin();
  await connected(machine, 1);
  machine.connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  window.dispatchEvent(new Event("offline"));
  expect(states).toEqual(["open", "lost"]);
  await vi.advanceTimersByTimeAsync(1010);
  await connected(machine, 2);
});

test("a stream that was silent while another call got no answer is opened anew", async () => {
  const { stream, states } = begin();
  await connected(machine, 1);
  machine.connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  stream.doubt();
  expect(states).toEqual(["open"]);
  await vi.advanceTimersByTimeAsync(1500);
  stream.doubt();
  expect(states).toEqual(["open", "lost"]);
  await connected(machine, 2);
});

test("one timer looks after the silence, however much is said", async () => {
  const { states } = begin();
  await connected(machine, 1);
  const set = vi.spyOn(globalThis, "setTimeout");
  for (let word = 0; word < 20; word += 1) {
    machine.connections[0]?.send("event: ping\ndata: {}\n\n");
    await vi.advanceTimersByTimeAsync(1000);
  }
  const seconds = set.mock.calls.filter(([, wait]) => (wait ?? 0) > 1000);
  // Every five seconds or less it looks again.
  expect(seconds.length).toBeLessThanOrEqual(5);
  machine.isSilent = true;
  await vi.advanceTimersByTimeAsync(5000);
  expect(states).toEqual(["open"]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(states).toEqual(["open", "lost"]);
});
