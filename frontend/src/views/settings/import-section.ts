/** Import: a file that was exported becomes a session of a project of this machine. */
import type { Project } from "../../api/types.ts";
import { deviceKind } from "../../lib/browser/this-device.ts";
import { type Child, h } from "../../lib/dom.ts";
import { type Signal, signal } from "../../lib/signal.ts";
import { canDecide, machineName } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { loadProjects, preferredProject } from "../../state/projects.ts";
import { type ImportProblem, importSession } from "../../state/sessions/import-session.ts";
import { text } from "../../text/en.ts";
import { Chip } from "../chips.ts";
import { showBar } from "../frame/bars.ts";
import { openProjectPicker } from "../sessions/project-picker.ts";
import { titleOf } from "../sessions/session-title.ts";

const words = text.importing;

/** Chooses the project and then the file, which is sent at once. */
export function ImportSection(): HTMLElement {
  void loadProjects();
  const chosen = signal<Project | null>(null);
  const isImporting = signal(false);
  const problem = signal<string | null>(null);
  const project = () => chosen.value ?? preferredProject();
  const file = h("input", {
    type: "file",
    class: "visually-hidden",
    accept: ".json,application/json",
    tabindex: -1,
    "aria-hidden": "true",
    onchange: () => void send(),
  });
  const send = async () => {
    const [given] = file.files ?? [];
    const into = project();
    if (given === undefined || into === null) return;
    isImporting.value = true;
    problem.value = null;
    const imported = await importSession(given, into);
    isImporting.value = false;
    // The same file may be chosen again.
    file.value = "";
    if ("session" in imported) {
      go(`/s/${imported.session.id}`);
      showBar({ sentence: words.imported(titleOf(imported.session), into.name) });
    } else problem.value = problemWords(imported.problem);
  };
  return h("div", { class: "settings-section import-session" }, h("p", null, words.what), (): Child => {
    if (!canDecide()) return h("p", { class: "muted" }, text.newSession.readOnly(text.devices[deviceKind()]));
    return [
      h(
        "div",
        { class: "chip-row" },
        h("span", { class: "muted" }, words.into),
        ProjectChip(project, chosen),
      ),
      file,
      h(
        "button",
        {
          type: "button",
          class: "button button-primary",
          "aria-disabled": () => (isImporting.value || project() === null ? "true" : null),
          onclick: () => {
            if (!isImporting.peek() && project() !== null) file.click();
          },
        },
        () => (isImporting.value ? words.importing : words.choose),
      ),
      h("p", { class: "field-problem", role: "alert" }, () => problem.value),
    ];
  });
}

function ProjectChip(project: () => Project | null, chosen: Signal<Project | null>): Child {
  return Chip({
    label: text.newSession.project,
    icon: "folder",
    value: () => project()?.name ?? text.newSession.noProject,
    open: (anchor) =>
      openProjectPicker({
        anchor,
        current: project()?.id ?? null,
        onChoose: (next) => {
          chosen.value = next;
        },
      }),
  });
}

function problemWords(problem: ImportProblem): string {
  if (problem === "not_json") return words.notJson;
  if (problem === "too_large") return words.tooLarge;
  if (problem === "unreachable") return words.unreachable(machineName());
  if (problem.code === "too_large") return words.tooLarge;
  // It is JSON, and of something else.
  if (problem.code === "invalid_request") return words.notJson;
  return problem.code === "busy" ? words.busy : text.failure(problem, machineName());
}
