// @vitest-environment happy-dom
/** The list of turns goes back to the first one, page by page, and leads to the entry that is tapped. */
import { expect, onTestFinished, test, vi } from "vitest";
import { applyEvents, emptyTranscript } from "../../../transcript/fold.ts";
import type { SessionEvent } from "../../src/api/types.ts";
import { signal } from "../../src/lib/signal.ts";
import type { OpenSession } from "../../src/state/session/open-session.ts";
import { openTurnsSheet } from "../../src/views/session-sheets/turns-sheet.ts";

const said = (seq: number): SessionEvent => ({
  seq,
  at: "2026-01-05T10:00:00.000Z",
  turnId: `t${seq}`,
  update: {
    sessionUpdate: "user_message_chunk",
    messageId: `m${seq}`,
    content: { type: "text", text: `prompt ${seq}` },
  },
});
const pages = [[1, 2], [3], []];

/** A session of which the newest page is there; each older one comes when asked for, but for `failures` times. */
function sessionOfPages(failures: number) {
  let left = pages.length;
  let failing = failures;
  let known: readonly SessionEvent[] = [said(4)];
  const transcript = signal(applyEvents({ ...emptyTranscript, lastSeq: 0 }, known));
  const hasOlder = signal(true);
  const fetchOlder: OpenSession["fetchOlder"] = async () => {
    if (failing > 0) {
      failing -= 1;
      return null;
    }
    left -= 1;
    const older = (pages[left] ?? []).map(said);
    return () => {
      known = [...older, ...known];
      transcript.value = applyEvents(emptyTranscript, known);
      hasOlder.value = left > 0;
    };
  };
  return { transcript, hasOlder, fetchOlder };
}

function open(failures = 0): { readonly shown: string[] } {
  // Its foot is always on the screen.
  class Seen {
    readonly #report: (changes: readonly { readonly isIntersecting: boolean }[]) => void;
    constructor(report: (changes: readonly { readonly isIntersecting: boolean }[]) => void) {
      this.#report = report;
    }
    observe(): void {
      this.#report([{ isIntersecting: true }]);
    }
    disconnect(): void {
      this.#report([{ isIntersecting: false }]);
    }
  }
  vi.stubGlobal("IntersectionObserver", Seen);
  onTestFinished(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
  });
  const shown: string[] = [];
  openTurnsSheet({ session: sessionOfPages(failures), showEntry: (entryId) => shown.push(entryId) });
  return { shown };
}

const names = () => [...document.querySelectorAll(".turn-row .option-name")].map((each) => each.textContent);
const button = (name: string) =>
  [...document.querySelectorAll("button")].find((each) => each.textContent?.startsWith(name));

test("older pages are fetched until the first turn is there, also across a page without a prompt", async () => {
  const { shown } = open();
  await vi.waitFor(() => expect(names()).toEqual(["prompt 4", "prompt 3", "prompt 2", "prompt 1"]));
  button("prompt 1")?.click();
  await vi.waitFor(() => expect(shown).toEqual(["m1"]));
  expect(document.querySelector("dialog")).toBe(null);
});

test("a page that cannot be had says so, and is asked for again on a tap", async () => {
  open(1);
  await vi.waitFor(() => expect(button("Try again")).toBeDefined());
  expect(names()).toEqual(["prompt 4"]);
  button("Try again")?.click();
  await vi.waitFor(() => expect(names()).toEqual(["prompt 4", "prompt 3", "prompt 2", "prompt 1"]));
});
