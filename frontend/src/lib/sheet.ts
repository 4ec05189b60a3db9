/** Sheets: modal dialogs, from below on phones, a popover beside what opened them from 600 px on. */
import { append, type Child, h } from "./dom.ts";
import { icon } from "./icons.ts";
import { type Owned, owned } from "./signal.ts";

/** Gives an opened thing its history entry, so that Back closes it; the answer closes it by hand. */
type OpenLayer = (close: () => void) => () => void;

interface SheetOptions {
  readonly title: string;
  /** What readers call the dialog; absent: its title. */
  readonly label?: string | undefined;
  /** Builds what is in the sheet; it is owned by the sheet and may close it. */
  readonly content: (close: () => void) => Child;
  readonly onClose?: () => void;
  /** Where the popover stands from 600 px on; by default, at what has the focus. `null`: in the middle. */
  readonly anchor?: HTMLElement | null | undefined;
  /** For a sheet that has an address of its own, and so its history entry already. */
  readonly openLayer?: OpenLayer;
}

interface SheetParts {
  readonly openLayer: OpenLayer;
  /** The name of the ✕ button. */
  readonly closeLabel: string;
}

let parts: SheetParts = { openLayer: (close) => close, closeLabel: "" };

/** Tells sheets how the history is kept and what their ✕ is called. Call it once at the start. */
export function prepareSheets(given: SheetParts): void {
  parts = given;
}

/** Opens a sheet at once, also within the same tap; the answer closes it. Focus goes back to what had it. */
export function openSheet(options: SheetOptions): () => void {
  const anchor = options.anchor === undefined ? document.activeElement : options.anchor;
  let close = (): void => undefined;
  const sheet: Owned<HTMLDialogElement> = owned(() => draw(options, () => close()));
  const dialog = sheet.value;
  close = (options.openLayer ?? parts.openLayer)(() => {
    dialog.close();
    dialog.remove();
    sheet.dispose();
    options.onClose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  if (anchor instanceof HTMLElement && anchor !== document.body) placeAt(dialog, anchor);
  return () => close();
}

function draw(options: SheetOptions, close: () => void): HTMLDialogElement {
  const body = h("div", { class: "sheet-body" });
  append(body, options.content(close));
  const head = h(
    "div",
    { class: "sheet-head" },
    // A field that wants the focus gets it; otherwise the title does, so that readers hear where they are.
    h(
      "h2",
      { class: "one-line", dir: "auto", tabindex: -1, autofocus: body.querySelector("[autofocus]") === null },
      options.title,
    ),
    h(
      "button",
      {
        class: "icon-button",
        type: "button",
        "aria-label": parts.closeLabel,
        title: parts.closeLabel,
        onclick: close,
      },
      icon("close"),
    ),
  );
  const dialog = h(
    "dialog",
    { class: "sheet", "aria-label": options.label ?? options.title },
    h("div", { class: "sheet-panel" }, head, body),
  );
  dialog.addEventListener("cancel", (event) => {
    // Escape and Android's Back go the way of every closing: through the history.
    event.preventDefault();
    close();
  });
  // The dialog covers the screen; only its panel is the sheet.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) close();
  });
  return dialog;
}

/** So far from the anchor, and from the window's edge. */
const gap = 8;
const margin = 16;

/** Beside the anchor, inside the window: beneath it or above it, where there is room for all of it, else over it. */
function placeAt(dialog: HTMLDialogElement, anchor: HTMLElement): void {
  const panel = dialog.querySelector(".sheet-panel");
  if (!(panel instanceof HTMLElement)) return;
  const at = anchor.getBoundingClientRect();
  const { innerHeight } = window;
  const needed = panel.offsetHeight + gap + margin;
  const rooms = [
    { side: "below", room: innerHeight - at.bottom, edge: at.bottom + gap },
    { side: "above", room: at.top, edge: innerHeight - at.top + gap },
  ] as const;
  const inOrder = at.top > innerHeight / 2 ? rooms.toReversed() : rooms;
  const { side, edge } = inOrder.find(({ room }) => room >= needed) ?? {
    side: "over",
    edge: Math.max(margin, innerHeight - panel.offsetHeight - margin),
  };
  dialog.dataset.side = side;
  dialog.style.setProperty("--anchor-left", `${Math.round(at.left)}px`);
  dialog.style.setProperty("--anchor-right", `${Math.round(window.innerWidth - at.right)}px`);
  dialog.style.setProperty("--anchor-edge", `${Math.round(edge)}px`);
  dialog.toggleAttribute("data-from-right", at.left > window.innerWidth / 2);
  dialog.toggleAttribute("data-anchored", true);
}
