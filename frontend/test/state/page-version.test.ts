// @vitest-environment happy-dom
/** Telling an older page from the machine's own. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { h } from "../../src/lib/dom.ts";
import { comparePageVersion } from "../../src/state/page-version.ts";

beforeEach(() => {
  const style = h("link", { rel: "stylesheet" });
  style.setAttribute("href", "/assets/main-STYLE.css");
  const script = h("script", { type: "module" });
  script.setAttribute("src", "/assets/main-SCRIPT.js");
  document.head.replaceChildren(script, style);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function serve(script: string, style: string, status = 200): void {
  const page = `<script type="module" src="/assets/${script}"></script><link href="/assets/${style}">`;
  vi.stubGlobal("fetch", async () => new Response(page, { status }));
}

test("a page is another version when its script or its style is named otherwise", async () => {
  const seen: string[] = [];
  for (const [script, style] of [
    ["main-SCRIPT.js", "main-STYLE.css"],
    ["main-NEWER.js", "main-STYLE.css"],
    ["main-SCRIPT.js", "main-NEWER.css"],
  ] as const) {
    serve(script, style);
    seen.push(await comparePageVersion());
  }
  expect(seen).toEqual(["same", "updated", "updated"]);
});

test("an answer that is no page, and none at all, say nothing of the version", async () => {
  serve("main-NEWER.js", "main-NEWER.css", 502);
  const refused = await comparePageVersion();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  expect([refused, await comparePageVersion()]).toEqual(["gone", "gone"]);
});
