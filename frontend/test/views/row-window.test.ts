// @vitest-environment happy-dom
/** How much of a transcript is drawn, and when more of it is fetched. */
import { expect, test, vi } from "vitest";
import { batch, signal } from "../../src/lib/signal.ts";
import { RowWindow } from "../../src/views/transcript-view/row-window.ts";
import type { TranscriptRow } from "../../src/views/transcript-view/rows.ts";

const row = (key: string): TranscriptRow => ({ type: "day", key, at: "2026-01-05T10:00:00.000Z" });

test("pages of which nothing stands any more are passed over by themselves, each fetched once", async () => {
  const pages = [[], [], [row("a"), row("b")]];
  const rows = signal<readonly TranscriptRow[]>([row("rewound")]);
  const hasOlder = signal(true);
  const put = signal(0);
  const fetched: number[] = [];
  const fetchOlder = async () => {
    const index = put.peek();
    fetched.push(index);
    await Promise.resolve();
    return () =>
      batch(() => {
        put.value = index + 1;
        hasOlder.value = index + 1 < pages.length;
        rows.value = [...(pages[index] ?? []), ...rows.peek()];
      });
  };
  const rowWindow = new RowWindow(rows);
  rowWindow.follow(
    { hasOlder, fetchOlder, isApart: signal(false), fetchNewer: async () => null },
    {
      isNearStart: signal(true),
      isNearEnd: signal(true),
      isFollowing: signal(false),
      whenResting: (act) => act(),
      keepPlace: (act) => act(),
    },
  );
  rowWindow.placed();
  await vi.waitFor(() => expect(hasOlder.value).toBe(false));
  expect(fetched).toEqual([0, 1, 2]);
  expect(rowWindow.shown.value.map(({ key }) => key)).toEqual(["a", "b", "rewound"]);
});
