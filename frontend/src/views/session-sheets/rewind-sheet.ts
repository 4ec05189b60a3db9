/** *Rewind*: what goes back to before a turn, file by file, and what of it a person wants. Nothing happens before that. */
import type { RewindAnswer, RewindPreview, RewindScope } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatClock } from "../../lib/format.ts";
import { openSheet } from "../../lib/sheet.ts";
import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import {
  type ChosenRewind,
  isChanged,
  isRunningFailure,
  previewRewind,
  rewindTo,
} from "../../state/session/rewinding.ts";
import { text } from "../../text/en.ts";
import { rewind as words } from "../../text/en-rewind.ts";
import { showBar } from "../frame/bars.ts";
import { Waiting } from "../frame/waiting.ts";
import type { SessionContext } from "../session/session-context.ts";
import { Choice } from "../settings/choice.ts";
import { canGoBack, RewindFiles } from "./rewind-files.ts";
import { takeBack } from "./rewind-undo.ts";

export interface RewindSheetOptions {
  readonly context: Pick<SessionContext, "session">;
  readonly turnId: string;
  /** When the turn was asked for. */
  readonly at: string;
  /** What is chosen at first; absent: both. */
  readonly scope?: RewindScope;
  /** Called once the conversation has gone back. */
  readonly onDone?: () => void;
}

type Phase =
  | { readonly state: "looking" }
  | { readonly state: "running" }
  | { readonly state: "failed"; readonly sentence: string }
  | { readonly state: "ready"; readonly preview: RewindPreview };

/** So long the bar with *Undo* stays. */
const undoMs = 10_000;
const scopes: readonly RewindScope[] = ["files", "conversation", "both"];

/** Opens the sheet, and looks at once at what going back would do. */
export function openRewindSheet(options: RewindSheetOptions): void {
  const after: { run: (() => void) | null } = { run: null };
  openSheet({
    title: words.title(formatClock(new Date(options.at))),
    // It grows once the machine has answered: beside what opened it there may be no room for all of it.
    anchor: null,
    onClose: () => {
      if (after.run !== null) queueMicrotask(after.run);
    },
    content: (close) => {
      const rewinding = new Rewinding(options, (then) => {
        after.run = then;
        close();
      });
      void rewinding.look();
      return h("div", { class: "rewind" }, Which(options), Problem(rewinding), (): Child => Body(rewinding));
    },
  });
}

/** What is chosen in one sheet, and what becomes of it. */
class Rewinding {
  readonly phase: Signal<Phase> = signal<Phase>({ state: "looking" });
  readonly scope: Signal<RewindScope>;
  readonly paths: Signal<ReadonlySet<string>> = signal<ReadonlySet<string>>(new Set());
  readonly problem = signal<string | null>(null);
  readonly isWorking = signal(false);
  /** It was asked to stop from here. */
  readonly isStopping = signal(false);
  readonly isTurnRunning: ReadonlySignal<boolean>;
  readonly #options: RewindSheetOptions;
  readonly #close: (then: () => void) => void;

  constructor(options: RewindSheetOptions, close: (then: () => void) => void) {
    this.#options = options;
    this.#close = close;
    this.scope = signal<RewindScope>(options.scope ?? "both");
    this.isTurnRunning = computed(() => options.context.session.transcript.value.turnId !== null);
    effect(() => {
      if (!this.isStopping.value || this.isTurnRunning.value) return;
      queueMicrotask(() => {
        this.isStopping.value = false;
        void this.look();
      });
    });
  }

  /** What would really be done: without a file, both is the conversation. */
  effective(): { readonly scope: RewindScope; readonly count: number } {
    const scope = this.scope.value;
    const count = scope === "conversation" ? 0 : this.paths.value.size;
    return { scope: scope === "both" && count === 0 ? "conversation" : scope, count };
  }

  /** Looks at what it would do, also again. */
  async look(): Promise<void> {
    this.phase.value = { state: "looking" };
    const { context, turnId } = this.#options;
    const outcome = await previewRewind(context.session.id, turnId);
    if (!outcome.ok) {
      const { failure } = outcome;
      if (isRunningFailure(failure)) {
        this.phase.value = { state: "running" };
        return;
      }
      const isGone = failure !== "unreachable" && failure.status === 404;
      this.phase.value = { state: "failed", sentence: isGone ? words.gone : sentenceOf(failure) };
      return;
    }
    const files = outcome.data.files.filter(canGoBack);
    if (files.length === 0) this.scope.value = "conversation";
    this.paths.value = new Set(files.filter(({ changedSince }) => !changedSince).map(({ path }) => path));
    this.phase.value = { state: "ready", preview: outcome.data };
  }

  /** Asks the turn to stop; once it has ended, it is looked at anew what going back would do. */
  async stop(): Promise<void> {
    if (this.isWorking.peek()) return;
    this.isWorking.value = true;
    this.problem.value = null;
    const failure = await this.#options.context.session.stop();
    this.isWorking.value = false;
    if (failure !== null) this.problem.value = sentenceOf(failure);
    else this.isStopping.value = true;
  }

  toggle(path: string): void {
    const paths = new Set(this.paths.peek());
    if (!paths.delete(path)) paths.add(path);
    this.paths.value = paths;
  }

  /** Goes back as chosen. When that is not as it was shown, nothing happens but a look at how it is now. */
  async go({ digest }: RewindPreview): Promise<void> {
    const { scope, count } = untracked(() => this.effective());
    if (this.isWorking.peek() || this.isTurnRunning.peek() || (scope === "files" && count === 0)) return;
    this.isWorking.value = true;
    this.problem.value = null;
    const { context, turnId } = this.#options;
    const chosen = { turnId, scope, paths: [...this.paths.peek()], digest };
    const outcome = await rewindTo(context.session.id, chosen);
    this.isWorking.value = false;
    if (outcome.ok) return this.#close(() => this.#tell(outcome.data, chosen));
    this.problem.value = sentenceOf(outcome.failure);
    if (isChanged(outcome.failure)) await this.look();
  }

  #tell(answer: RewindAnswer, chosen: ChosenRewind): void {
    const { context, onDone } = this.#options;
    showBar({
      sentence: doneText(answer, chosen),
      action: { label: words.undo, run: () => void takeBack(context.session.id, answer.seq) },
      forMs: undoMs,
    });
    if (chosen.scope !== "files") onDone?.();
  }
}

/** Why nothing happened. */
function Problem({ problem }: Rewinding): HTMLElement {
  return h(
    "p",
    { class: "rewind-problem", role: "alert", hidden: () => problem.value === null },
    () => problem.value,
  );
}

function Body(rewinding: Rewinding): Child {
  const phase = rewinding.phase.value;
  switch (phase.state) {
    case "looking":
      return untracked(() => Waiting(words.looking));
    case "running":
      return untracked(() => StopFirst(rewinding));
    case "failed":
      return [
        h("p", { class: "rewind-problem", role: "alert" }, phase.sentence),
        h(
          "button",
          { type: "button", class: "button", onclick: () => void rewinding.look() },
          words.tryAgain,
        ),
      ];
    case "ready":
      return untracked(() => Ready(rewinding, phase.preview));
  }
}

function Ready(rewinding: Rewinding, preview: RewindPreview): Child {
  const { scope } = rewinding;
  const { files, fileCount, turns } = preview;
  const choice = (): Child =>
    !files.some(canGoBack)
      ? h("p", { class: "rewind-note" }, whyNoFile(preview))
      : Choice({
          label: words.what,
          values: scopes,
          nameOf: (value) => words.scopes[value],
          current: () => scope.value,
          choose: (value) => {
            scope.value = value;
          },
        });
  return [
    (): Child =>
      scope.value === "conversation"
        ? null
        : untracked(() =>
            RewindFiles(files, { chosen: rewinding.paths, toggle: (path) => rewinding.toggle(path) }),
          ),
    (): Child =>
      fileCount === undefined || scope.value === "conversation"
        ? null
        : h("p", { class: "rewind-note" }, words.tooMany(files.length, fileCount)),
    (): Child => (scope.value === "files" ? null : h("p", { class: "rewind-note" }, words.turns(turns))),
    // Beneath what it makes higher or lower: nothing under the finger moves.
    choice(),
    (): Child => (rewinding.isTurnRunning.value ? untracked(() => StopFirst(rewinding)) : null),
    h(
      "button",
      {
        type: "button",
        class: "button button-primary rewind-go numbers",
        "aria-disabled": () => (canGo(rewinding) ? null : "true"),
        onclick: () => void rewinding.go(preview),
      },
      () => (rewinding.isWorking.value ? words.working : buttonText(rewinding)),
    ),
  ];
}

/** Why the conversation alone can go back. */
function whyNoFile({ files, filesKnown }: RewindPreview): string {
  if (!filesKnown) return words.filesUnknown;
  return files.length === 0 ? words.noFiles : words.allStay;
}

/** While a turn runs there is no going back: the way there. */
function StopFirst(rewinding: Rewinding): Child {
  const isBusy = () => rewinding.isWorking.value || rewinding.isStopping.value;
  return [
    h("p", { class: "rewind-note" }, words.running),
    h(
      "button",
      {
        type: "button",
        class: "button",
        "aria-disabled": () => (isBusy() ? "true" : null),
        onclick: () => void rewinding.stop(),
      },
      () => (isBusy() ? words.stopping : words.stop),
    ),
  ];
}

/** The message that all of it goes back to before, by its first line. */
function Which({ context, turnId }: RewindSheetOptions): Child {
  const { entries } = context.session.transcript.peek();
  const prompt = entries.find((entry) => entry.type === "user" && entry.turnId === turnId);
  if (prompt?.type !== "user") return null;
  const said = prompt.content.find((block) => block.type === "text");
  const name = said?.type === "text" ? (said.text.trim().split("\n", 1)[0] ?? "") : "";
  return name === "" ? null : h("p", { class: "rewind-note one-line", dir: "auto" }, name);
}

function canGo(rewinding: Rewinding): boolean {
  const { scope, count } = rewinding.effective();
  return !rewinding.isWorking.value && !rewinding.isTurnRunning.value && !(scope === "files" && count === 0);
}

function buttonText(rewinding: Rewinding): string {
  const { scope, count } = rewinding.effective();
  if (scope === "conversation") return words.button.conversation;
  if (count === 0) return words.button.nothing;
  return words.button[scope](count);
}

/** What was really done; of the chosen files those that could not be put back are told by their number. */
function doneText({ done, skipped }: RewindAnswer, { scope, paths }: ChosenRewind): string {
  const chosen = new Set(paths);
  const failed = skipped.filter(({ path }) => chosen.has(path)).length;
  const what =
    scope === "conversation" || (scope === "both" && done.length === 0)
      ? words.done.conversation
      : words.done[scope](done.length);
  return failed === 0 ? what : `${what} ${words.failed(failed)}`;
}

function sentenceOf(failure: Parameters<typeof isChanged>[0]): string {
  if (failure === "unreachable") return words.away(machineName());
  if (isChanged(failure)) return words.changed;
  return isRunningFailure(failure) ? words.running : text.failure(failure, machineName());
}
