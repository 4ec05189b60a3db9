/** Texts are brought up one after another, each once, with rests between, and none after the end. */
import { expect, test } from "vitest";
import { TextUpkeep } from "../../../src/sessions/search/text-upkeep.ts";

/** `brought`: whose texts were brought up, in that order; one is under way until `finish`. `restsMs`: how long it was asked to rest. */
function upkeep() {
  const brought: string[] = [];
  const restsMs: number[] = [];
  const ending = new AbortController();
  let finish = (_tookMs: number): void => undefined;
  const bringUp = (id: string) => {
    brought.push(id);
    return new Promise<number>((resolve) => {
      finish = resolve;
    });
  };
  const rest = async (ms: number) => {
    restsMs.push(ms);
  };
  const kept = new TextUpkeep({ bringUp, signal: ending.signal, rest });
  return { brought, restsMs, ending, kept, finish: (tookMs = 0) => finish(tookMs) };
}

test("one text after another, and what is asked for again meanwhile once more", async () => {
  const { brought, kept, finish } = upkeep();
  kept.add("a");
  kept.add("b");
  kept.add("b");
  kept.add("a");
  expect(brought).toEqual(["a"]);
  finish();
  await expect.poll(() => brought).toEqual(["a", "b"]);
  finish();
  await expect.poll(() => brought).toEqual(["a", "b", "a"]);
  finish();
  kept.add("c");
  await expect.poll(() => brought).toEqual(["a", "b", "a", "c"]);
});

test("it rests nine times as long as a text took, at least 20 ms and at most 5 s", async () => {
  const { brought, restsMs, kept, finish } = upkeep();
  for (const [tookMs, id] of [
    [100, "a"],
    [0.5, "b"],
    [60_000, "c"],
  ] as const) {
    kept.add(id);
    await expect.poll(() => brought.at(-1)).toBe(id);
    finish(tookMs);
  }
  await expect.poll(() => restsMs).toEqual([900, 20, 5_000]);
});

test("nothing is begun after the end", async () => {
  const { brought, ending, kept, finish } = upkeep();
  kept.add("a");
  kept.add("b");
  ending.abort();
  finish();
  kept.add("c");
  await new Promise((resolve) => setImmediate(resolve));
  expect(brought).toEqual(["a"]);
});
