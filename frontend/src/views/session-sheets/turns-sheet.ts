/** Every prompt of a session with its time, what came of it and what it changed; a tap goes there. */
import { type Child, h, list } from "../../lib/dom.ts";
import { formatExact, formatListTime } from "../../lib/format.ts";
import { openSheet } from "../../lib/sheet.ts";
import { computed, effect, onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { type TurnRow, turnsOf } from "../../state/session/turns.ts";
import { turnEnd, turns as words } from "../../text/en-session.ts";
import { promptName } from "../entries/text/user-entry.ts";
import { ChangeCounts } from "../entries/tool/change-counts.ts";
import { endWord } from "../entries/turn-end-entry.ts";
import type { SessionContext } from "../session/session-context.ts";

/** What the list needs of a session's screen. */
interface TurnsContext {
  readonly session: Pick<SessionContext["session"], "transcript" | "hasOlder" | "fetchOlder">;
  readonly showEntry: SessionContext["showEntry"];
}

/** What the list is for, when not for going to one. */
interface TurnChoice {
  readonly title: string;
  /** What is said when there is none. */
  readonly none: string;
  readonly isOffered: (row: TurnRow) => boolean;
  /** Does what is wanted with the one that was chosen, once the sheet is closed. */
  readonly choose: (row: TurnRow) => void;
}

/** Opens the list, the newest on top; older pages come as it is scrolled to its end. */
export function openTurnsSheet(context: TurnsContext): void {
  openTurnChoice(context, {
    title: words.title,
    none: words.none,
    isOffered: () => true,
    choose: ({ entryId }) => context.showEntry(entryId),
  });
}

/** The same list, to choose one of them. */
export function openTurnChoice(context: Pick<TurnsContext, "session">, choice: TurnChoice): void {
  let wanted: TurnRow | null = null;
  openSheet({
    title: choice.title,
    onClose: () => {
      const row = wanted;
      if (row !== null) queueMicrotask(() => choice.choose(row));
    },
    content: (close) => {
      const rows = computed(() => turnsOf(context.session.transcript.value).filter(choice.isOffered));
      const element = h("ul", { class: "option-list turn-list" });
      list(
        element,
        () => rows.value,
        (row) => row.entryId,
        (row) =>
          Turn(row, () => {
            wanted = row.peek();
            close();
          }),
      );
      return [
        (): Child =>
          rows.value.length === 0 && !context.session.hasOlder.value
            ? h("p", { class: "sheet-note" }, choice.none)
            : null,
        element,
        Older(context),
      ];
    },
  });
}

function Turn(row: ReadonlySignal<TurnRow>, choose: () => void): HTMLElement {
  const { at } = row.peek();
  const result = computed(() => resultOf(row.value));
  return h(
    "li",
    null,
    h(
      "button",
      { type: "button", class: "option-row turn-row", onclick: choose },
      h(
        "span",
        { class: "option-words" },
        h("span", { class: "option-name one-line", dir: "auto" }, () =>
          promptName(row.value.content, words.noWords),
        ),
        h(
          "span",
          { class: "option-line one-line numbers" },
          () => result.value,
          (): Child => Changes(row.value),
        ),
      ),
      h(
        "time",
        { class: "turn-time numbers", datetime: at, title: formatExact(new Date(at)) },
        formatListTime(new Date(at), new Date()),
      ),
    ),
  );
}

function resultOf({ state, end }: TurnRow): string {
  if (state === "running") return words.working;
  if (state === "requires_action") return words.needsYou;
  if (state === "steered") return words.steered;
  return end === null ? "" : endWord(end);
}

function Changes({ end }: TurnRow): Child {
  const changes = end?.changes ?? null;
  if (changes === null || changes.fileCount === 0) return null;
  return [` · ${turnEnd.files(changes.fileCount)} `, ChangeCounts(changes)];
}

/** Fetches the page before as soon as the end of the list is on the screen. */
function Older({ session }: Pick<TurnsContext, "session">): Child {
  const isSeen = signal(false);
  const phase = signal<"idle" | "loading" | "failed">("idle");
  const fetch = async () => {
    if (phase.peek() === "loading") return;
    phase.value = "loading";
    const put = await session.fetchOlder();
    put?.();
    phase.value = put === null && session.hasOlder.peek() ? "failed" : "idle";
  };
  const foot = h("div", { class: "turn-older", role: "status" }, (): Child => {
    if (!session.hasOlder.value) return null;
    if (phase.value !== "failed") return words.older;
    const again = () => void fetch();
    return [
      h("span", null, words.notLoaded),
      h("button", { type: "button", class: "link-button", onclick: again }, words.tryAgain),
    ];
  });
  const seen = new IntersectionObserver((changes) => {
    isSeen.value = changes.at(-1)?.isIntersecting === true;
  });
  seen.observe(foot);
  onCleanup(() => seen.disconnect());
  effect(() => {
    // Not within the effect: what is fetched writes what it reads.
    if (isSeen.value && phase.value === "idle" && session.hasOlder.value) queueMicrotask(() => void fetch());
  });
  return foot;
}
