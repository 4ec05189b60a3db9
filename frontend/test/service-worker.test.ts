// @vitest-environment happy-dom
/** The worker that keeps the page's files, with a browser's caches played here: the oldest is asked first. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

type Kept = Map<string, string>;
let kept: Map<string, Kept>;
let listeners: Map<string, (event: object) => void>;

const origin = "http://localhost";
const pathOf = (request: Request | string) =>
  new URL(typeof request === "string" ? request : request.url, origin).pathname;

function found(text: string | undefined): Response | undefined {
  return text === undefined ? undefined : new Response(text);
}

beforeEach(() => {
  vi.resetModules();
  kept = new Map();
  listeners = new Map();
  vi.stubGlobal("caches", {
    open: async (name: string) => {
      const files = kept.get(name) ?? new Map<string, string>();
      kept.set(name, files);
      return { match: async (request: Request) => found(files.get(pathOf(request))) };
    },
    match: async (request: Request) =>
      found([...kept.values()].map((files) => files.get(pathOf(request))).find((text) => text !== undefined)),
    keys: async () => [...kept.keys()],
  });
  vi.stubGlobal("fetch", async (request: Request) => new Response(`fetched ${pathOf(request)}`));
  vi.stubGlobal("self", {
    location: { origin },
    addEventListener: (type: string, listener: (event: object) => void) => listeners.set(type, listener),
  });
  vi.stubGlobal("builtFiles", ["/assets/main-NEW.js", "/theme.js"]);
  vi.stubGlobal("builtVersion", "new");
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function answered(path: string): Promise<string> {
  await import("../src/service-worker.ts");
  let answer: Promise<Response> | undefined;
  listeners.get("fetch")?.({
    request: { method: "GET", mode: "no-cors", url: origin + path },
    respondWith: (response: Promise<Response>) => {
      answer = response;
    },
  });
  return (await (await answer)?.text()) ?? "not the worker’s";
}

test("a file without its content in its name is this version’s, also where an older one is kept", async () => {
  kept.set("page-old", new Map([["/theme.js", "old"]]));
  kept.set("page-new", new Map([["/theme.js", "new"]]));
  expect(await answered("/theme.js")).toBe("new");
});

test("a file of an older page that is still open comes from its own version, else from the machine", async () => {
  kept.set("page-old", new Map([["/assets/main-OLD.js", "old"]]));
  kept.set("page-new", new Map([["/assets/main-NEW.js", "new"]]));
  expect([
    await answered("/assets/main-OLD.js"),
    await answered("/assets/main-NEW.js"),
    await answered("/assets/main-OTHER.js"),
    await answered("/api/sessions"),
  ]).toEqual(["old", "new", "fetched /assets/main-OTHER.js", "not the worker’s"]);
});
