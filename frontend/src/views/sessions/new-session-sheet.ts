/** A new session: its first prompt with the focus already in it, and one line of chips above. */
import type { Project, SessionMode } from "../../api/types.ts";
import { besides } from "../../lib/besides.ts";
import { withStyles } from "../../lib/browser/later-styles.ts";
import { deviceKind } from "../../lib/browser/this-device.ts";
import { hasFinePointer } from "../../lib/browser/viewport.ts";
import { minutes } from "../../lib/clock.ts";
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { openSheet } from "../../lib/sheet.ts";
import { onCleanup, type Signal, signal, untracked } from "../../lib/signal.ts";
import { device, machineName } from "../../state/access/device.ts";
import { freshenModels, hasNoModel, preferredModel, rememberModel } from "../../state/models.ts";
import { back, replace } from "../../state/navigation.ts";
import { attachmentsOf } from "../../state/outbox/attachments.ts";
import { newSessionDraft, readDraft, writeDraft } from "../../state/outbox/drafts.ts";
import { loadProjects, preferredProject, projects, rememberProject } from "../../state/projects.ts";
import { type AutoSpan, endOfSpan, modeEnd } from "../../state/session/auto-mode.ts";
import { isListLoaded, sessionCount, startSession } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { Chip, ModeChip, ModelChip } from "../chips.ts";
import { AskHint, allExamples, Examples } from "../first-words.ts";
import type { WritingHelp } from "./writing-help.ts";

interface Form {
  /** Null: the preferred one. */
  readonly project: Signal<Project | null>;
  /** Null: the preferred one. */
  readonly model: Signal<string | null>;
  readonly mode: Signal<SessionMode>;
  /** How long *Auto* will hold; null in the other modes. */
  readonly autoSpan: Signal<AutoSpan | null>;
  /** When it is over, once the session was tried to be started. */
  autoEnd: { readonly modeEndsAt?: string } | null;
  readonly prompt: Signal<string>;
  readonly isSending: Signal<boolean>;
  readonly problem: Signal<string | null>;
  /** Null until it is there. */
  readonly help: Signal<WritingHelp | null>;
}

/** Opens the sheet of `/new`. Its history entry is the address's own; the answer closes what is seen of it. */
export function openNewSession(): () => void {
  void loadProjects();
  void freshenModels();
  let hide = (): void => undefined;
  openSheet({
    title: text.newSession.title,
    anchor: null,
    content: () => Content(),
    openLayer: (close) => {
      hide = close;
      return back;
    },
  });
  return () => hide();
}

function Content(): Child {
  const form: Form = {
    project: signal(null),
    model: signal(null),
    // Every session starts careful, whatever the last one was.
    mode: signal("ask"),
    autoSpan: signal(null),
    autoEnd: null,
    prompt: signal(readDraft(newSessionDraft)?.text ?? ""),
    isSending: signal(false),
    problem: signal(null),
    help: signal(null),
  };
  return h(
    "form",
    { class: "new-session", onsubmit: (event) => submit(event, form) },
    h("div", { class: "chip-row" }, Chips(form)),
    WriteRow(form),
  );
}

function Chips(form: Form): Child {
  const project = () => form.project.value ?? preferredProject();
  const model = () => form.model.value ?? preferredModel();
  return [
    Chip({
      label: text.newSession.project,
      icon: "folder",
      value: () => project()?.name ?? text.newSession.noProject,
      open: (anchor) => void chooseProject(anchor, project()?.id ?? null, form),
    }),
    ModelChip(model, (anchor) => void chooseModel(anchor, model(), form)),
    ModeChip(
      () => form.mode.value,
      (anchor) => void chooseMode(anchor, form),
      () => endOf(form.autoSpan.value),
    ),
  ];
}

/** What a chip opens is a part of its own: most sessions begin as the last one did. */
async function chooseProject(anchor: HTMLElement, current: string | null, form: Form): Promise<void> {
  const part = await partOf(import("./project-picker.ts"), form);
  part?.openProjectPicker({
    anchor,
    current,
    onChoose: (chosen) => {
      form.project.value = chosen;
      rememberProject(chosen.id);
    },
  });
}

async function chooseModel(anchor: HTMLElement, current: string | null, form: Form): Promise<void> {
  const part = await partOf(import("../model-sheet.ts"), form);
  part?.openModelSheet({
    anchor,
    current,
    onChoose: (chosen) => {
      form.model.value = chosen;
      rememberModel(chosen);
    },
  });
}

async function chooseMode(anchor: HTMLElement, form: Form): Promise<void> {
  const part = await partOf(import("../mode-sheet.ts"), form);
  const current = form.mode.peek();
  const onChoose = (mode: SessionMode, span: AutoSpan | null) => {
    form.mode.value = mode;
    form.autoSpan.value = span;
    form.autoEnd = null;
  };
  part?.openModeSheet({ current, onChoose }, anchor);
}

/** Null: it cannot be had now, which the form says. */
async function partOf<T>(part: Promise<T>, form: Form): Promise<T | null> {
  try {
    return await withStyles(part);
  } catch {
    form.problem.value = text.failureAtField({ code: "unreachable", detail: "" }, machineName());
    return null;
  }
}

function endOf(span: AutoSpan | null): string | null {
  return span === null ? null : endOfSpan(span, new Date(minutes.value)).toISOString();
}

/** The field, what is to be said of it, and what helps to write in it: examples at first, the lists once they are there. */
function WriteRow(form: Form): Child {
  const field = PromptField(form);
  const change = (next: string) => {
    form.prompt.value = next;
    form.problem.value = null;
    field.value = next;
    writeDraft(newSessionDraft, next);
  };
  field.addEventListener("input", () => change(field.value));
  field.addEventListener("keydown", (event) => {
    if (form.help.peek()?.takeKey(event) === true) event.preventDefault();
    else if (sends(event)) submit(event, form);
  });
  bringHelp(form, field, change);
  const tryExample = (example: string) => {
    const written = form.prompt.peek().trimEnd();
    change(allExamples.includes(written) ? example : besides(written, example));
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    field.parentElement?.scrollIntoView({ block: "nearest" });
  };
  return [
    (): Child => form.help.value?.above ?? null,
    h(
      "div",
      { class: "new-session-field" },
      // As large as what comes in its place.
      (): Child => form.help.value?.beside ?? h("span", { class: "composer-add" }),
      field,
      SendButton(form),
    ),
    h("p", { class: "field-hint" }, () => hintOf(form)),
    h("p", { class: "field-problem", role: "alert" }, () => form.problem.value),
    (): Child => (isListLoaded.value ? untracked(() => FirstWords(form, tryExample)) : null),
  ];
}

/** While there is no session yet; those that come meanwhile take nothing from under the finger. */
function FirstWords(form: Form, onTry: (example: string) => void): Child {
  if (sessionCount.peek() > 0 || device.peek()?.rights === "read") return null;
  return [
    Examples({ model: () => form.model.value ?? preferredModel(), onTry }),
    AskHint(() => form.mode.value === "ask"),
  ];
}

/** Once the sheet stands: nothing that a tap waits for comes after it. Without it one writes all the same. */
function bringHelp(form: Form, field: HTMLTextAreaElement, change: (text: string) => void): void {
  let isLeft = false;
  let dispose = () => {
    isLeft = true;
  };
  const bring = async () => {
    const part = await withStyles(import("./writing-help.ts")).catch(() => null);
    if (part === null || isLeft) return;
    const help = part.ownedWritingHelp({
      field,
      prompt: form.prompt,
      change,
      projectId: () => (form.project.peek() ?? preferredProject())?.id ?? null,
      isOffered: () => !form.isSending.value,
      say: (sentence) => {
        form.problem.value = sentence;
      },
    });
    ({ dispose } = help);
    form.help.value = help.value;
  };
  requestAnimationFrame(() => setTimeout(() => void bring()));
  onCleanup(() => dispose());
}

function PromptField(form: Form): HTMLTextAreaElement {
  return h("textarea", {
    class: "prompt-field",
    name: "prompt",
    rows: 3,
    dir: "auto",
    autofocus: true,
    "aria-label": text.newSession.placeholder,
    placeholder: text.newSession.placeholder,
    enterkeyhint: "enter",
    value: form.prompt.peek(),
  });
}

function sends(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" || event.isComposing || event.shiftKey) return false;
  return event.metaKey || event.ctrlKey || hasFinePointer.peek();
}

function SendButton(form: Form): HTMLElement {
  return h(
    "button",
    {
      type: "submit",
      class: "send-button",
      "aria-label": () => (form.isSending.value ? text.newSession.starting : text.newSession.send),
      title: text.newSession.send,
      "aria-disabled": () => (canSend(form) ? null : "true"),
      onpointerdown: (event) => event.preventDefault(),
    },
    icon("send"),
  );
}

function canSend(form: Form): boolean {
  return (
    (form.prompt.value.trim() !== "" || attachmentsOf(newSessionDraft).length > 0) &&
    !form.isSending.value &&
    (form.project.value ?? preferredProject()) !== null &&
    !hasNoModel.value &&
    device.value?.rights !== "read"
  );
}

/** Why *Start* cannot act, where it is not for want of words. */
function hintOf(form: Form): string | null {
  if (device.value?.rights === "read") return text.newSession.readOnly(text.devices[deviceKind()]);
  if (hasNoModel.value) return text.newSession.noModelHint;
  const isUnchosen = projects.value !== null && (form.project.value ?? preferredProject()) === null;
  return isUnchosen ? text.newSession.noProjectHint : null;
}

function submit(event: Event, form: Form): void {
  event.preventDefault();
  if (canSend(form)) void send(form);
}

async function send(form: Form): Promise<void> {
  const project = form.project.peek() ?? preferredProject();
  if (project === null) return;
  form.isSending.value = true;
  form.problem.value = (await form.help.peek()?.refusalOf(form.prompt.peek())) ?? null;
  if (form.problem.peek() !== null) {
    form.isSending.value = false;
    return;
  }
  form.autoEnd ??= modeEnd(form.autoSpan.peek());
  const started = await startSession({
    project,
    model: form.model.peek() ?? preferredModel(),
    mode: form.mode.peek(),
    ...form.autoEnd,
  });
  form.isSending.value = false;
  if ("failure" in started) {
    form.problem.value = text.failureAtField(started.failure, machineName());
    return;
  }
  rememberProject(project.id);
  replace(`/s/${started.id}`);
}
