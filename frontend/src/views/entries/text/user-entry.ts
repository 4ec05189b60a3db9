/** What a person said: a raised block, folded after eight lines; a tap shows its time and what can be done with it. */
import type { ContentBlock } from "../../../api/types.ts";
import { type Child, h, when } from "../../../lib/dom.ts";
import { formatExact } from "../../../lib/format.ts";
import { computed, onCleanup, type ReadonlySignal, signal, untracked } from "../../../lib/signal.ts";
import { canDecide } from "../../../state/access/device.ts";
import { isImage, textsOf, wholeTextOf, wordsOf } from "../../../state/composer/message-parts.ts";
import { rewind as rewindWords } from "../../../text/en-rewind.ts";
import { ownBlock, session as words } from "../../../text/en-session.ts";
import { AttachedTexts, attachedName } from "../../attachments/attached-texts.ts";
import { type PictureSource, Pictures, picturesOf } from "../../attachments/picture.ts";
import type { SessionContext } from "../../session/session-context.ts";
import { type Action, openActions } from "../../session-sheets/action-sheet.ts";
import { openRewind } from "../../session-sheets/rewind-open.ts";
import { canRewind } from "../../session-sheets/rewind-undo.ts";
import { forkFrom } from "../../session-sheets/session-menu.ts";
import { article, clockOf, type EntryOf, type EntryView } from "../entry-view.ts";
import { CopyButton } from "./copy-button.ts";

export const UserEntry: EntryView<"user"> = (entry, context) => {
  const block = UserText(
    () => entry.value.content,
    (content) => picturesOf(content, elidedOf(entry.value, context)),
  );
  const open = () => openBlock(entry.peek(), context, block);
  block.addEventListener("click", (event) => {
    const isButton = event.target instanceof Element && event.target.closest("button") !== null;
    // Selecting text is no tap.
    if (!isButton && document.getSelection()?.isCollapsed !== false) open();
  });
  return article(
    "entry-user",
    () => `${words.you}, ${clockOf(entry.value.at)}`,
    block,
    (): Child => Told(entry.value.told),
    h(
      "button",
      { type: "button", class: "visually-hidden user-more", "aria-haspopup": "dialog", onclick: open },
      words.more,
    ),
  );
};

/** What the model was told beside the words: what was mentioned, and what a command stands for. */
function Told(sources: EntryOf<"user">["told"]): Child {
  if (sources === undefined) return null;
  const names = sources.map((source) => (source.type === "file" ? source.path : `/${source.name}`));
  return h("p", { class: "user-told", dir: "auto" }, words.told(names));
}

/** The time, and what can be done with it. */
function openBlock(entry: EntryOf<"user">, context: SessionContext, anchor: HTMLElement): void {
  openActions({
    title: ownBlock.title,
    note: h(
      "span",
      { class: "own-facts" },
      h("time", { datetime: entry.at }, formatExact(new Date(entry.at))),
      CopyButton(() => wholeTextOf(entry.content)),
    ),
    anchor,
    actions: canDecide() ? furtherActions(entry, context) : [],
  });
}

function furtherActions(entry: EntryOf<"user">, context: SessionContext): readonly Action[] {
  const { turnId, content } = entry;
  const { session } = context;
  // What still runs has no end to be copied through, and nothing to go back from.
  const isOver = turnId !== null && turnId !== session.transcript.peek().turnId;
  const writeAgain = () => context.writeAgain(content);
  const again = { name: ownBlock.again, line: ownBlock.againLine, run: writeAgain };
  if (!isOver) return [again];
  const fork = { name: ownBlock.fork, line: ownBlock.forkLine, run: () => void forkFrom(session.id, turnId) };
  if (!canRewind() || !beginsTurn(entry, context)) return [again, fork];
  const goBack = { context, turnId, at: entry.at };
  return [
    {
      ...again,
      line: rewindWords.editLine,
      run: () => void openRewind({ ...goBack, scope: "conversation", onDone: writeAgain }),
    },
    { name: rewindWords.action, line: rewindWords.actionLine, run: () => void openRewind(goBack) },
    fork,
  ];
}

/** Words that were steered into a turn are not what it began with: there is no going back to before them alone. */
function beginsTurn({ id, turnId }: EntryOf<"user">, { session }: SessionContext): boolean {
  const { entries } = session.transcript.peek();
  return entries.find((entry) => entry.type === "user" && entry.turnId === turnId)?.id === id;
}

/** The block alone; also for what is not yet on the machine. */
export function UserText(
  content: () => readonly ContentBlock[],
  pictures: (content: readonly ContentBlock[]) => readonly PictureSource[],
): HTMLElement {
  const isFolded = signal(true);
  const overflows = signal(false);
  const shown = computed(content);
  const body = h("div", { class: "user-text", dir: "auto", "data-folded": () => isFolded.value }, () =>
    wordsOf(shown.value),
  );
  followOverflow(body, isFolded, (value) => {
    overflows.value = value;
  });
  return h(
    "div",
    { class: "user-block" },
    (): Child => {
      const parts = shown.value;
      return untracked(() => [Pictures(pictures(parts)), AttachedTexts(textsOf(parts))]);
    },
    body,
    when(
      () => overflows.value,
      () =>
        h(
          "button",
          {
            type: "button",
            class: "link-button",
            "aria-expanded": () => !isFolded.value,
            onclick: () => {
              isFolded.value = !isFolded.value;
            },
          },
          () => (isFolded.value ? words.showAll : words.showLess),
        ),
    ),
  );
}

/** A prompt in a few words: what it says, else what goes with it, else `otherwise`. */
export function promptName(content: readonly ContentBlock[], otherwise: string): string {
  const said = wordsOf(content);
  if (said !== "") return said;
  const pictures = content.filter(isImage).length;
  const beside = [
    ...textsOf(content).map(attachedName),
    ...(pictures === 0 ? [] : [words.pictures(pictures)]),
  ];
  return beside.join(" · ") || otherwise;
}

function elidedOf({ elided }: EntryOf<"user">, { session }: SessionContext) {
  if (elided === undefined) return null;
  return { sessionId: session.id, seqs: new Map(elided.map(({ index, seq }) => [index, seq])) };
}

function followOverflow(
  body: HTMLElement,
  isFolded: ReadonlySignal<boolean>,
  report: (overflows: boolean) => void,
): void {
  const sizes = new ResizeObserver(() => {
    if (isFolded.peek()) report(body.scrollHeight > body.clientHeight + 1);
  });
  sizes.observe(body);
  onCleanup(() => sizes.disconnect());
}
