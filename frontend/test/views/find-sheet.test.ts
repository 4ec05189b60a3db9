// @vitest-environment happy-dom
/** Looking for words in one session. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openFindSheet } from "../../src/views/session-sheets/find-sheet.ts";

const asked: string[] = [];
let hits: readonly object[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(pathname + search);
    return Response.json({
      results: hits.length === 0 ? [] : [{ session: { id: "s1" }, hits }],
      hasMore: false,
    });
  });
});

afterEach(() => {
  for (const dialog of document.querySelectorAll("dialog")) dialog.remove();
  vi.unstubAllGlobals();
});

function type(words: string): void {
  const field = document.querySelector("input");
  if (field === null) throw new Error("There is no field.");
  field.value = words;
  field.dispatchEvent(new Event("input"));
}

const shown = () => document.querySelector(".find-results")?.textContent;

test("only this session is asked for, its title is no place, and a tap goes to the entry", async () => {
  hits = [
    { seq: 1, kind: "title", text: "renew it", marks: [[0, 5]] },
    { seq: 7, kind: "agent", text: "It renews now.", marks: [[3, 8]] },
  ];
  openFindSheet("s1");
  expect(shown()).toBe("Messages, answers, commands and file names, from its beginning.");
  type("renew");
  await vi.waitFor(() => expect(shown()).toBe("AgentIt renews now."));
  expect(asked).toEqual(["/api/search?q=renew&limit=20&session=s1"]);
  expect(document.querySelector("mark")?.textContent).toBe("renew");
  document.querySelector<HTMLElement>(".find-results button")?.click();
  await vi.waitFor(() => expect(location.pathname + location.search).toBe("/s/s1?at=7"));
});

test("what is looked for in vain says so, and can be cleared", async () => {
  hits = [];
  openFindSheet("s1");
  type("zzqq");
  await vi.waitFor(() => expect(shown()).toContain("Nothing matches ‘zzqq’."));
});
