// @vitest-environment happy-dom
/** The search of the sessions: asked when typing rests, and the answer to the last words counts. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

interface Asked {
  readonly words: string | null;
  readonly answer: (response: Response) => void;
}

let asked: Asked[];

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal(
    "fetch",
    (request: Request) =>
      new Promise<Response>((resolve) => {
        asked.push({ words: new URL(request.url).searchParams.get("q"), answer: resolve });
      }),
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const nothing = () => Response.json({ results: [], hasMore: false });

async function search(first: string) {
  const { signal } = await import("../../../src/lib/signal.ts");
  const { followSearch } = await import("../../../src/state/sessions/search.ts");
  const words = signal(first);
  return { words, ...followSearch(() => words.value) };
}

test("nothing is asked while somebody types, and one question when it rests", async () => {
  const { words, phase } = await search("");
  expect(phase.value).toEqual({ state: "nothing" });
  for (const typed of ["r", "re", "ren "]) {
    words.value = typed;
    await vi.advanceTimersByTimeAsync(150);
  }
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(60);
  expect(asked.map((each) => each.words)).toEqual(["ren"]);
});

test("an answer to older words that comes last changes nothing", async () => {
  const { words, phase } = await search("one");
  await vi.advanceTimersByTimeAsync(200);
  words.value = "two";
  await vi.advanceTimersByTimeAsync(200);
  asked[1]?.answer(nothing());
  await vi.advanceTimersByTimeAsync(1);
  asked[0]?.answer(nothing());
  await vi.advanceTimersByTimeAsync(1);
  expect(phase.value).toEqual({ state: "found", found: { words: "two", results: [], hasMore: false } });
});

test("what was found stays while the next words are asked for", async () => {
  const { words, phase } = await search("one");
  await vi.advanceTimersByTimeAsync(200);
  asked[0]?.answer(nothing());
  await vi.advanceTimersByTimeAsync(1);
  words.value = "two";
  expect(phase.value).toEqual({
    state: "searching",
    words: "two",
    found: { words: "one", results: [], hasMore: false },
  });
});

test("without an answer it says so, and asks again when told to", async () => {
  const { phase, again } = await search("one");
  await vi.advanceTimersByTimeAsync(200);
  asked[0]?.answer(Response.error());
  vi.stubGlobal("fetch", async () => nothing());
  await vi.advanceTimersByTimeAsync(1);
  expect(phase.value.state).toBe("failed");
  again();
  await vi.advanceTimersByTimeAsync(1);
  expect(phase.value.state).toBe("found");
});
