/** How much of a transcript is drawn: its last rows at first, more above as a person scrolls there, older pages after those. */
import type { ScrollAnchor } from "../../lib/scroll-anchor.ts";
import { batch, computed, effect, type ReadonlySignal, signal, untracked } from "../../lib/signal.ts";
import type { Reading } from "../../state/session/reading.ts";
import type { TranscriptRow } from "./rows.ts";

/** Enough to fill a screen: what is drawn before the first paint. */
const firstRows = 24;
/** Drawn right after it. */
const earlyRows = 60;
const moreRows = 40;
/** While the end is followed, no more than this stays drawn. */
const keptRows = 240;
const trimMs = 3000;
const retryMs = 2000;

type Source = Pick<Reading, "hasOlder" | "fetchOlder" | "isApart" | "fetchNewer">;
type Anchor = Pick<ScrollAnchor, "isNearStart" | "isNearEnd" | "isFollowing" | "whenResting" | "keepPlace">;

export class RowWindow {
  readonly #rows: ReadonlySignal<readonly TranscriptRow[]>;
  readonly #count = signal(firstRows);
  readonly #isPlaced = signal(false);
  readonly #failures = signal(0);
  /** The rows to draw. */
  readonly shown: ReadonlySignal<readonly TranscriptRow[]>;
  #isBusy = false;
  #isBusyBelow = false;

  constructor(rows: ReadonlySignal<readonly TranscriptRow[]>) {
    this.#rows = rows;
    this.shown = computed(() =>
      rows.value.length > this.#count.value ? rows.value.slice(-this.#count.value) : rows.value,
    );
  }

  /** Makes sure that the row is drawn, with something above it; false: it is not known. */
  include(key: string): boolean {
    const rows = this.#rows.peek();
    const index = rows.findIndex((row) => row.key === key);
    if (index < 0) return false;
    this.#count.value = Math.max(this.#count.peek(), rows.length - index + moreRows);
    return true;
  }

  /** Other rows stand there now: they are drawn as if they had just been opened. */
  restart(): void {
    this.#count.value = earlyRows;
  }

  /** The screen is where it opens: from now on what is above may be drawn and fetched. */
  placed(): void {
    this.#isPlaced.value = true;
  }

  /** Draws, and fetches, two screens ahead of a person who scrolls up; puts it in when scrolling rests. */
  follow(reading: Source, anchor: Anchor): void {
    effect(() => {
      const isMore = this.#count.value < this.#rows.value.length;
      const isWanted = anchor.isNearStart.value || (isMore && this.#count.value < earlyRows);
      if (!this.#isPlaced.value || !isWanted || this.#failures.value < 0 || this.#isBusy) return;
      if (isMore) this.#drawMore(anchor);
      else if (reading.hasOlder.value) void this.#fetchOlder(reading, anchor);
    });
    effect(() => {
      if (!reading.isApart.value || !anchor.isNearEnd.value || !this.#isPlaced.value) return;
      // Each page that comes asks anew.
      if (this.#failures.value < 0 || this.#rows.value.length === 0 || this.#isBusyBelow) return;
      void this.#fetchNewer(reading, anchor);
    });
    effect(() => {
      if (!anchor.isFollowing.value || this.#count.value <= keptRows) return;
      const timer = setTimeout(() => {
        this.#count.value = keptRows;
      }, trimMs);
      return () => clearTimeout(timer);
    });
  }

  #drawMore(anchor: Anchor): void {
    this.#isBusy = true;
    const grow = () => {
      this.#isBusy = false;
      anchor.keepPlace(() => {
        this.#count.value = Math.max(earlyRows, this.#count.peek() + moreRows);
      });
    };
    // Not within the effect that asked for it: drawing writes what it reads.
    setTimeout(() => anchor.whenResting(grow));
  }

  /** What is below comes without a person noticing: nothing above it moves. */
  async #fetchNewer(reading: Source, anchor: Anchor): Promise<void> {
    this.#isBusyBelow = true;
    const put = await untracked(() => reading.fetchNewer());
    const last = this.#rows.peek().at(-1)?.key;
    const end = () => {
      this.#isBusyBelow = false;
      this.#failures.value += 1;
    };
    if (put === null) return void setTimeout(end, retryMs);
    anchor.keepPlace(() => {
      put();
      // At the end more may be known above too: of that nothing is drawn for now.
      const rows = this.#rows.peek();
      this.#count.value = this.#count.peek() + rows.length - 1 - rows.findIndex(({ key }) => key === last);
    });
    // Only what is laid out tells how near the end is.
    requestAnimationFrame(end);
  }

  async #fetchOlder(reading: Source, anchor: Anchor): Promise<void> {
    this.#isBusy = true;
    const put = await untracked(() => reading.fetchOlder());
    if (put === null) {
      setTimeout(() => {
        this.#isBusy = false;
        this.#failures.value += 1;
      }, retryMs);
      return;
    }
    anchor.whenResting(() => {
      this.#isBusy = false;
      // At once: between the two the same page would be asked for again.
      anchor.keepPlace(() =>
        batch(() => {
          this.#count.value = Math.max(this.#count.peek(), this.#rows.peek().length) + moreRows;
          put();
        }),
      );
    });
  }
}
