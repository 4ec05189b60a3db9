/** A picture of a message: small in its block, whole on a tap; one that the stream left out is fetched when it is seen. */
import type { ContentBlock } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { effect, onCleanup, signal } from "../../lib/signal.ts";
import { fetchPicture } from "../../state/session/pictures.ts";
import { attach as words } from "../../text/en-attach.ts";

type ImageBlock = Extract<ContentBlock, { type: "image" }>;

/** Where a picture is: here, or in an event of a session. */
export type PictureSource =
  | { readonly image: ImageBlock }
  | { readonly sessionId: string; readonly seq: number };

/** The pictures of a message in a row; nothing without any. */
export function Pictures(sources: readonly PictureSource[]): Child {
  if (sources.length === 0) return null;
  return h(
    "div",
    { class: "message-pictures" },
    sources.map((source, index) => Picture(source, words.picture(index + 1))),
  );
}

/** Where the pictures of a prompt are; `elided` tells of those that are not here. */
export function picturesOf(
  content: readonly ContentBlock[],
  elided: { readonly sessionId: string; readonly seqs: ReadonlyMap<number, number> } | null = null,
): readonly PictureSource[] {
  return content.flatMap((block, index): readonly PictureSource[] => {
    if (block.type !== "image") return [];
    const seq = elided?.seqs.get(index);
    return [elided === null || seq === undefined ? { image: block } : { sessionId: elided.sessionId, seq }];
  });
}

/** The address of a picture that needs no network. */
export function dataAddress({ mimeType, data }: ImageBlock): string {
  return `data:${mimeType};base64,${data}`;
}

function Picture(source: PictureSource, name: string): HTMLElement {
  const image = signal<ImageBlock | null>("image" in source ? source.image : null);
  const isMissing = signal(false);
  const button = h(
    "button",
    {
      type: "button",
      class: "message-picture",
      "aria-label": name,
      onclick: () => {
        const shown = image.peek();
        if (shown === null) load();
        else openWhole(shown, name);
      },
    },
    (): Child => {
      if (image.value !== null) return h("img", { src: dataAddress(image.value), alt: "", draggable: false });
      return h("span", { class: "muted" }, isMissing.value ? words.notLoaded : "");
    },
  );
  const load = () => {
    if ("image" in source) return;
    isMissing.value = false;
    void fetchPicture(source.sessionId, source.seq).then((found) => {
      image.value = found;
      isMissing.value = found === null;
    });
  };
  if (!("image" in source)) whenSeen(button, load);
  return button;
}

function whenSeen(element: HTMLElement, act: () => void): void {
  effect(() => {
    const seen = new IntersectionObserver((changes) => {
      if (changes.at(-1)?.isIntersecting !== true) return;
      seen.disconnect();
      act();
    });
    seen.observe(element);
    onCleanup(() => seen.disconnect());
  });
}

function openWhole(image: ImageBlock, name: string): void {
  openSheet({
    title: name,
    anchor: null,
    content: () => h("img", { class: "whole-picture", src: dataAddress(image), alt: name }),
  });
}
