/** Texts are brought up one after another, each once, and none after the end. */
import { expect, test } from "vitest";
import { TextUpkeep } from "../../../src/sessions/search/text-upkeep.ts";

/** `brought`: whose texts were brought up, in that order; one is under way until `finish`. */
function upkeep() {
  const brought: string[] = [];
  const ending = new AbortController();
  let finish = (): void => undefined;
  const bringUp = (id: string) => {
    brought.push(id);
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  };
  return {
    brought,
    ending,
    kept: new TextUpkeep({ bringUp, signal: ending.signal }),
    finish: () => finish(),
  };
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
