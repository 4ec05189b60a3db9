/** Files that are dragged onto a session or a sheet: it shows that they may be dropped, and takes them. */
import { type Child, h } from "../../lib/dom.ts";
import { effect, onCleanup, signal } from "../../lib/signal.ts";
import { attach as words } from "../../text/en-attach.ts";
import type { AttachTarget } from "./attach-files.ts";

interface DroppingOptions {
  /** Finds, from within, what they may be dropped on. */
  readonly zone: string;
  readonly target: () => AttachTarget;
  /** False: nothing can be added now. */
  readonly isOffered: () => boolean;
  /** The part cannot be fetched now. */
  readonly onLost: () => void;
}

/** What lies over the zone while files are held above it. Beside the zone they are not taken, and no file replaces the page. */
export function DropCover({ zone, target, isOffered, onLost }: DroppingOptions): Child {
  const isOver = signal(false);
  const cover = h(
    "div",
    { class: "drop-place" },
    (): Child => (isOver.value ? h("p", { class: "drop-cover", role: "status" }, words.drop) : null),
  );
  const isHere = (event: DragEvent): boolean => {
    const place = cover.closest(zone);
    return isOffered() && event.target instanceof Node && place?.contains(event.target) === true;
  };
  const follow = (event: DragEvent) => {
    if (!holdsFiles(event)) return;
    isOver.value = isHere(event);
    // Another zone has taken it: a sheet over the session.
    if (event.defaultPrevented && !isOver.value) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = isOver.value ? "copy" : "none";
  };
  const leave = (event: DragEvent) => {
    if (!(event.relatedTarget instanceof Node) || cover.closest(zone)?.contains(event.relatedTarget) !== true)
      isOver.value = false;
  };
  const take = (event: DragEvent) => {
    if (!holdsFiles(event)) return;
    isOver.value = false;
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!isHere(event)) return;
    void import("./attach-files.ts").then((part) => part.attachFiles(files, target()), onLost);
  };
  effect(() => {
    document.addEventListener("dragover", follow);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", take);
    onCleanup(() => {
      document.removeEventListener("dragover", follow);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", take);
    });
  });
  return cover;
}

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") === true;
}
