/** What sessions that stream at once share: few go when they like, many go together, and none waits longer than half a frame. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChunkGathering } from "../../src/sessions/turn/chunk-gathering.ts";
import { SharedBeat } from "../../src/sessions/turn/shared-beat.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});

afterEach(() => {
  vi.useRealTimers();
});

/** `count` sessions on one beat; `told` says who wrote what, and when. */
function streaming(count: number) {
  const beat = new SharedBeat();
  const told: string[] = [];
  const gatherings = Array.from({ length: count }, (_, index) => {
    const write = (texts: readonly string[]) => told.push(`${performance.now()}: ${index} ${texts.join("")}`);
    return new ChunkGathering(
      (entries) =>
        write(
          entries.map(({ update }) => (update.sessionUpdate === "agent_message_chunk" ? textOf(update) : "")),
        ),
      beat,
    );
  });
  const say = (index: number, text: string) =>
    gatherings[index]?.add({
      update: {
        sessionUpdate: "agent_message_chunk",
        messageId: `m${index}`,
        content: { type: "text", text },
      },
    });
  return { told, say, gatherings };
}

function textOf({ content }: { content: { type: string; text?: string } }): string {
  return content.text ?? "";
}

test("up to four sessions that say something after a pause go at once", () => {
  const { told, say } = streaming(4);
  for (let index = 0; index < 4; index += 1) say(index, "a");
  expect(told).toEqual(["0: 0 a", "0: 1 a", "0: 2 a", "0: 3 a"]);
});

test("what more of them say within half a frame goes together at its end", () => {
  const { told, say } = streaming(6);
  for (let index = 0; index < 5; index += 1) say(index, "a");
  vi.advanceTimersByTime(3);
  say(5, "a");
  expect(told).toHaveLength(4);
  vi.advanceTimersByTime(5);
  expect(told.slice(4)).toEqual(["8: 4 a", "8: 5 a"]);
});

test("after a crowded beat what one turn of the loop brings goes at that turn's end, and once fewer come, at once", () => {
  const { told, say } = streaming(6);
  for (let index = 0; index < 6; index += 1) say(index, "a");
  vi.advanceTimersByTime(8);
  // Two went together at 8: not crowded any more.
  vi.advanceTimersByTime(12);
  say(0, "b");
  expect(told.at(-1)).toBe("20: 0 b");
  for (const index of [1, 2, 3]) say(index, "b");
  vi.advanceTimersByTime(20);
  say(4, "c");
  say(5, "c");
  expect(told.at(-1)).toBe("20: 3 b");
  vi.advanceTimersByTime(0);
  expect(told.slice(-2)).toEqual(["40: 4 c", "40: 5 c"]);
  vi.advanceTimersByTime(20);
  say(0, "d");
  expect(told.at(-1)).toBe("60: 0 d");
});

test("a session that has to write what it holds takes nothing from the others that wait", () => {
  const { told, say, gatherings } = streaming(6);
  for (let index = 0; index < 6; index += 1) say(index, "a");
  gatherings[4]?.flush();
  expect(told.at(-1)).toBe("0: 4 a");
  vi.advanceTimersByTime(8);
  expect(told.slice(5)).toEqual(["8: 5 a"]);
});
