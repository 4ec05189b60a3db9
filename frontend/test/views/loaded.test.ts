// @vitest-environment happy-dom
/** A part of the page that cannot be fetched. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { append, h } from "../../src/lib/dom.ts";
import { owned } from "../../src/lib/signal.ts";
import { Loaded } from "../../src/views/frame/loaded.ts";

beforeEach(() => {
  const entry = h("script", { type: "module" });
  entry.setAttribute("src", "/assets/main-OLD.js");
  entry.type = "module";
  document.head.replaceChildren(entry);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function pageOf(entry: string): () => Promise<Response> {
  return async () => new Response(`<script type="module" src="/assets/${entry}"></script>`);
}

/** The words of a part whose fetch fails, once they stand. */
async function wordsOfFailure(): Promise<readonly string[]> {
  const place = owned(() => {
    const element = h("div", null);
    append(
      element,
      Loaded(() => Promise.reject(new TypeError("404"))),
    );
    return element;
  }).value;
  await vi.waitFor(() => expect(place.querySelector("button")).not.toBe(null));
  return [...place.querySelectorAll("p, button")].map((element) => element.textContent ?? "");
}

test("after an update of the machine it says so, and offers to reload", async () => {
  vi.stubGlobal("fetch", pageOf("main-NEW.js"));
  expect(await wordsOfFailure()).toEqual(["Updated.", "Reload"]);
});

test("while the machine serves this very page, or nothing, it offers to try again", async () => {
  vi.stubGlobal("fetch", pageOf("main-OLD.js"));
  const same = await wordsOfFailure();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  expect([same[1], (await wordsOfFailure())[1]]).toEqual(["Try now", "Try now"]);
});
