/** The sheet to choose a project: recent ones first, searchable, each with its branch; or any folder by its path. */
import type { Project } from "../../api/types.ts";
import { type Child, h, when } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { type Signal, signal, untracked } from "../../lib/signal.ts";
import { device, machineName } from "../../state/access/device.ts";
import { loadProjects, openFolder, projects } from "../../state/projects.ts";
import { text } from "../../text/en.ts";
import { OptionRow } from "../option-row.ts";
import { NoMatch, SheetSearch, searchFrom } from "../sheet-search.ts";

interface PickerOptions {
  readonly current: string | null;
  readonly onChoose: (project: Project) => void;
  /** What opened it. */
  readonly anchor: HTMLElement;
}

/** Opens the sheet and looks at the projects again. */
export function openProjectPicker(options: PickerOptions): void {
  void loadProjects();
  openSheet({
    title: text.project.title,
    anchor: options.anchor,
    content: (close) => Content(options, close),
  });
}

function Content(options: PickerOptions, close: () => void): Child {
  const words = signal("");
  const choose = (project: Project) => {
    close();
    options.onChoose(project);
  };
  return [
    when(
      () => (projects.value?.length ?? 0) >= searchFrom,
      () => SheetSearch(text.project.search, words),
    ),
    () =>
      projects.value === null
        ? null
        : Listing({ all: projects.value, words, current: options.current, choose }),
    when(
      () => device.value?.rights === "full",
      () => FolderForm(choose),
    ),
  ];
}

interface ListingOptions {
  readonly all: readonly Project[];
  readonly words: Signal<string>;
  readonly current: string | null;
  readonly choose: (project: Project) => void;
}

function Listing({ all, words, current, choose }: ListingOptions): Child {
  const wanted = words.value.trim();
  const matches = all.filter((project) =>
    `${project.name} ${project.path}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  if (all.length === 0) return h("p", { class: "sheet-note" }, text.project.none);
  if (matches.length === 0) return untracked(() => NoMatch(words));
  return h(
    "ul",
    { class: "option-list" },
    matches.map((project) =>
      OptionRow({
        name: project.name,
        line: [
          h("span", { class: "option-path" }, project.path),
          project.branch === null ? null : ` · ${project.branch}`,
        ],
        isCurrent: project.id === current,
        refusal: null,
        choose: () => choose(project),
      }),
    ),
  );
}

function FolderForm(choose: (project: Project) => void): HTMLElement {
  const problem = signal<string | null>(null);
  const isOpening = signal(false);
  const path = h("input", {
    class: "field",
    name: "path",
    "aria-label": text.project.path,
    placeholder: text.project.path,
    enterkeyhint: "go",
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: false,
    "aria-invalid": () => (problem.value === null ? null : "true"),
  });
  const submit = async (event: Event) => {
    event.preventDefault();
    if (path.value.trim() === "" || isOpening.peek()) return;
    isOpening.value = true;
    const outcome = await openFolder(path.value.trim());
    isOpening.value = false;
    if (outcome.ok) choose(outcome.data);
    else problem.value = text.failureAtField(outcome.failure, machineName());
  };
  return h(
    "form",
    { class: "folder-form", onsubmit: (event) => void submit(event) },
    path,
    h(
      "button",
      {
        type: "submit",
        class: "button",
        "aria-disabled": () => (isOpening.value ? "true" : null),
        onpointerdown: (event) => event.preventDefault(),
      },
      () => (isOpening.value ? text.project.opening : text.project.open),
    ),
    h("p", { class: "field-problem", role: "alert" }, () => problem.value),
  );
}
