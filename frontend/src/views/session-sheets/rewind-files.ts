/** The files of a rewind, each with a tick, its lines and what becomes of it. */
import type { RewindFile } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { computed, type ReadonlySignal } from "../../lib/signal.ts";
import { rewind as words } from "../../text/en-rewind.ts";
import { ChangeCounts } from "../entries/tool/change-counts.ts";

/** So many are drawn; what is beneath them goes along. */
const mostDrawn = 200;

interface FileChoice {
  readonly chosen: ReadonlySignal<ReadonlySet<string>>;
  readonly toggle: (path: string) => void;
}

/** Whether a person can choose it: some stay whatever is chosen. */
export function canGoBack({ stays }: RewindFile): boolean {
  return stays === undefined;
}

/** The list, those that somebody else changed first and those that cannot go back last, and what becomes of these in words. */
export function RewindFiles(files: readonly RewindFile[], choice: FileChoice): Child {
  const going = files.filter(canGoBack);
  const foreign = going.filter(({ changedSince }) => changedSince);
  const inOrder = [
    ...foreign,
    ...going.filter(({ changedSince }) => !changedSince),
    ...files.filter((file) => !canGoBack(file)),
  ];
  const kept = computed(() => foreign.filter(({ path }) => !choice.chosen.value.has(path)).length);
  const note = (sentence: (count: number) => string, count: number): Child =>
    count === 0 ? null : h("p", { class: "rewind-note rewind-foreign" }, sentence(count));
  return h(
    "div",
    { class: "rewind-what" },
    h(
      "ul",
      { class: "rewind-files", "aria-label": words.files },
      inOrder.slice(0, mostDrawn).map((file) => h("li", null, FileRow(file, choice))),
    ),
    inOrder.length > mostDrawn
      ? h("p", { class: "rewind-note" }, words.more(inOrder.length - mostDrawn))
      : null,
    (): Child => note(words.staying, kept.value),
    (): Child => note(words.overwriting, foreign.length - kept.value),
  );
}

function FileRow(file: RewindFile, { chosen, toggle }: FileChoice): HTMLElement {
  const { path, additions, deletions } = file;
  const fate = fateOf(file);
  const slash = path.lastIndexOf("/") + 1;
  const canGo = canGoBack(file);
  return h(
    "label",
    { class: canGo ? "rewind-file" : "rewind-file rewind-staying" },
    h("input", {
      type: "checkbox",
      disabled: !canGo,
      checked: () => canGo && chosen.value.has(path),
      onchange: () => toggle(path),
    }),
    h(
      "span",
      { class: "rewind-words" },
      h(
        "span",
        { class: "rewind-path", title: path },
        h("span", { class: "rewind-folder" }, path.slice(0, slash)),
        h("span", { class: "rewind-name" }, path.slice(slash)),
      ),
      fate === "" ? null : h("span", { class: "rewind-change" }, fate),
    ),
    canGo
      ? h("span", { class: "rewind-counts numbers" }, ChangeCounts({ added: additions, removed: deletions }))
      : null,
  );
}

/** That it becomes what it was is what the sheet is for; anything else is said. */
function fateOf({ change, changedSince, stays }: RewindFile): string {
  if (stays !== undefined) return words.stays[stays];
  return [
    ...(change === "restored" ? [] : [words.changes[change]]),
    ...(changedSince ? [words.changedSince] : []),
  ].join(" · ");
}
