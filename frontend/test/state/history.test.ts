// @vitest-environment happy-dom
/** One history entry per screen and sheet. The browser's history is played here as browsers keep it: moves come later. */
import { afterEach, beforeEach, expect, type MockInstance, onTestFinished, test, vi } from "vitest";

interface Entry {
  state: unknown;
  address: string;
}

let entries: Entry[];
let at: number;
let listen: MockInstance<typeof window.addEventListener>;

beforeEach(() => {
  vi.resetModules();
  listen = vi.spyOn(window, "addEventListener");
  localStorage.clear();
  open("/");
});

/** The page of one test hears nothing of the next. */
afterEach(() => {
  for (const [type, listener] of listen.mock.calls) window.removeEventListener(type, listener);
  listen.mockRestore();
});

/** Replaces the browser's history by one that can be looked at. */
function open(address: string): void {
  entries = [{ state: null, address }];
  at = 0;
  const put = (state: unknown, to: string | URL | null | undefined, index: number) => {
    entries = [...entries.slice(0, index), { state, address: String(to) }];
    at = index;
    place();
  };
  const place = () => {
    Object.defineProperty(window, "location", {
      configurable: true,
      value: new URL(entries[at]?.address ?? "/", "http://page.invalid"),
    });
    Object.defineProperty(history, "state", { configurable: true, value: entries[at]?.state ?? null });
  };
  history.pushState = (state, _, to) => put(state, to, at + 1);
  history.replaceState = (state, _, to) => {
    entries[at] = { state, address: String(to) };
    place();
  };
  history.go = (by = 0) => {
    queueMicrotask(() => {
      at += by;
      place();
      window.dispatchEvent(new PopStateEvent("popstate", { state: entries[at]?.state }));
    });
  };
  history.back = () => history.go(-1);
  place();
}

function addresses(): string[] {
  return entries.map((entry) => entry.address);
}

async function start() {
  const navigation = await import("../../src/state/navigation.ts");
  navigation.startNavigation();
  return navigation;
}

test("Back closes exactly the sheet that is on top", async () => {
  const { openLayer, route } = await start();
  const closed: string[] = [];
  openLayer(() => closed.push("lower"));
  openLayer(() => closed.push("upper"));
  history.back();
  await vi.waitFor(() => expect(closed).toEqual(["upper"]));
  expect(at).toBe(1);
  expect(route.value).toEqual({ screen: "sessions" });
});

test("closing a sheet by hand takes its entry away", async () => {
  const { openLayer } = await start();
  const closed: string[] = [];
  const close = openLayer(() => closed.push("sheet"));
  close();
  close();
  await vi.waitFor(() => expect(closed).toEqual(["sheet"]));
  expect(at).toBe(0);
});

test("going elsewhere from a sheet, also right after closing it, leaves nothing of it behind", async () => {
  const { go, openLayer, route } = await start();
  openLayer(() => undefined);
  const close = openLayer(() => undefined);
  close();
  go("/s/abcdefgh");
  await vi.waitFor(() => expect(route.value).toEqual({ screen: "session", sessionId: "abcdefgh", at: null }));
  expect(addresses()).toEqual(["/", "/s/abcdefgh"]);
});

test("a deep link opened cold has Sessions beneath it", async () => {
  open("/s/abcdefgh/review?turn=t1");
  const { back, route } = await start();
  expect(addresses()).toEqual(["/", "/s/abcdefgh", "/s/abcdefgh/review?turn=t1"]);
  back();
  await vi.waitFor(() => expect(route.value).toEqual({ screen: "session", sessionId: "abcdefgh", at: null }));
});

test("a pairing code leaves the address at once", async () => {
  open("/pair#K7QM3XTP");
  const { route } = await start();
  expect(route.value).toEqual({ screen: "pair", code: "K7QM3XTP" });
  expect(addresses()).toEqual(["/pair"]);
});

test("a pairing link opened where the pairing screen stands already is taken up, and leaves the address", async () => {
  open("/pair");
  const { route } = await start();
  // Only the fragment changes: browsers move within the page.
  entries.push({ state: null, address: "/pair#K7QM3XTP" });
  history.go(1);
  await vi.waitFor(() => expect(route.value).toEqual({ screen: "pair", code: "K7QM3XTP" }));
  expect(addresses()).toEqual(["/pair", "/pair"]);
});

test("the home-screen icon returns to the last session for an hour", async () => {
  localStorage.setItem("voxpilot.place", JSON.stringify({ sessionId: "abcdefgh", at: Date.now() - 1000 }));
  open("/?start");
  expect((await start()).route.value).toEqual({ screen: "session", sessionId: "abcdefgh", at: null });
  localStorage.setItem(
    "voxpilot.place",
    JSON.stringify({ sessionId: "abcdefgh", at: Date.now() - 3_600_001 }),
  );
  vi.resetModules();
  open("/?start");
  expect((await start()).route.value).toEqual({ screen: "sessions" });
});

/** A screen of one pane, or of several. */
function width(which: "phone" | "desk"): void {
  vi.stubGlobal("matchMedia", () => ({ matches: which === "desk", addEventListener: () => undefined }));
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
}

test("the open search is one history entry, and whoever comes back to it finds its words", async () => {
  width("phone");
  const { back, go, keepSearch, openSearch, searchWords } = await start();
  openSearch();
  keepSearch("renew");
  go("/s/abcdefgh?at=7");
  expect([addresses(), searchWords.value]).toEqual([["/", "/", "/s/abcdefgh?at=7"], null]);
  back();
  await vi.waitFor(() => expect(searchWords.value).toBe("renew"));
  back();
  await vi.waitFor(() => expect(searchWords.value).toBe(null));
  expect(at).toBe(0);
});

test("beside the list, what is opened from the search leaves it open, and closing it keeps the session", async () => {
  width("desk");
  const { closeSearch, go, keepSearch, openSearch, route, searchWords } = await start();
  go("/s/aaaaaaaa");
  openSearch();
  keepSearch("renew");
  go("/s/bbbbbbbb?at=7");
  expect([addresses(), searchWords.value]).toEqual([
    ["/", "/s/aaaaaaaa", "/s/aaaaaaaa", "/s/bbbbbbbb?at=7"],
    "renew",
  ]);
  closeSearch();
  expect([searchWords.value, route.value]).toEqual([
    null,
    { screen: "session", sessionId: "bbbbbbbb", at: 7 },
  ]);
});

test("a sheet over the search closes alone", async () => {
  const { keepSearch, openLayer, openSearch, searchWords } = await start();
  openSearch();
  keepSearch("renew");
  const close = openLayer(() => undefined);
  close();
  await vi.waitFor(() => expect(at).toBe(1));
  expect(searchWords.value).toBe("renew");
});
