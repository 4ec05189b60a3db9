/** What the agent does right now, for how long, what runs in the background, and *Stop* while the composer holds text. */

import type { ToolEntry, Transcript } from "../../../../transcript/transcript.ts";
import { seconds } from "../../lib/clock.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatElapsed } from "../../lib/format.ts";
import { icon } from "../../lib/icons.ts";
import { computed, type ReadonlySignal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { connection } from "../../state/connection.ts";
import { decisionOn } from "../../state/outbox/outbox.ts";
import { runningJobs } from "../../state/session/jobs.ts";
import { isAtWork } from "../../state/session/turns.ts";
import { text } from "../../text/en.ts";
import { working as words } from "../../text/en-composer.ts";
import { subjectName } from "../../text/en-permission.ts";
import { jobs as jobWords } from "../../text/en-session.ts";
import { isStopUnheard, StopButtons, stopLine } from "../composer/stop-button.ts";
import { toolState, toolWords } from "../entries/tool/tool-words.ts";
import { Mark } from "../mark.ts";
import { visibleLine } from "../permission/visible-text.ts";
import type { SessionContext } from "../session/session-context.ts";

/** The line; nothing while no turn and no job runs. `hasText`: the composer's button sends, so Stop is here. */
export function WorkingLine(context: SessionContext, hasText: ReadonlySignal<boolean>): Child {
  const { transcript } = context.session;
  const jobs = runningJobs(context.session, () => connection.value === "open");
  const isBusy = computed(() => isAtWork(transcript.value.state));
  const isWorking = computed(() => transcript.value.state === "running");
  const thing = computed(() => thingOf(transcript.value));
  return (): Child =>
    !isBusy.value
      ? JobsLine(context, jobs)
      : h(
          "div",
          { class: "working-line" },
          (): Child =>
            isWorking.value
              ? h(
                  "span",
                  { class: "working-mark" },
                  Mark(16, () => false),
                )
              : null,
          h("span", { class: "one-line" }, () => lineText(context, thing.value)),
          h("span", { class: "working-time numbers" }, () =>
            // Its room is for the words that say what became of the stop.
            isStopUnheard(context.session.stopping.value) ? "" : elapsedText(transcript.value),
          ),
          (): Child =>
            jobs.value === 0
              ? null
              : JobsButton(context, { className: "working-jobs", label: jobWords.count(jobs.value) }, [
                  icon("execute"),
                  jobs.value,
                ]),
          StopButtons(context, () => hasText.value),
        );
}

/** `2 in the background`: it opens to what they say. */
function JobsLine(context: SessionContext, jobs: ReadonlySignal<number>): Child {
  return (): Child => {
    const label = jobWords.count(jobs.value);
    return jobs.value === 0
      ? null
      : JobsButton(context, { className: "jobs-line", label }, [icon("execute"), h("span", null, label)]);
  };
}

function JobsButton(
  { session, say }: SessionContext,
  { className, label }: { readonly className: string; readonly label: string },
  content: Child,
): HTMLElement {
  const open = async () => {
    const sheet = await import("../session-sheets/jobs-sheet.ts").catch(() => null);
    if (sheet === null) say(text.failure("unreachable", machineName()));
    else sheet.openJobsSheet(session.id);
  };
  return h(
    "button",
    {
      type: "button",
      class: className,
      "aria-haspopup": "dialog",
      "aria-label": label,
      // The keyboard stays as it is.
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => void open(),
    },
    content,
  );
}

function lineText(context: SessionContext, thing: string): string {
  const stopping = context.session.stopping.value;
  if (stopping !== null) return stopLine(stopping, thing === "" ? words.theTurn : thing);
  const state = stateWord(context.session.transcript.value);
  return thing === "" ? state : `${state} · ${thing}`;
}

/** Once this device has answered all that was asked, it is the machine that is waited for. */
function stateWord({ state, questions }: Transcript): string {
  if (state === "running") return words.working;
  const isAnswered =
    questions.length > 0 && questions.every(({ request }) => decisionOn(request.requestId) !== null);
  return isAnswered ? text.connection.quiet : words.waiting;
}

function elapsedText(transcript: Transcript): string {
  const { turnStartedAt } = transcript;
  return turnStartedAt === null ? "" : formatElapsed(Math.max(0, seconds.value - Date.parse(turnStartedAt)));
}

/** What the one open question is about; else the newest call that runs or waits: its first line. */
function thingOf(transcript: Transcript): string {
  const [question, ...others] = transcript.questions;
  if (question === undefined) return runningThing(transcript);
  return others.length > 0 ? "" : visibleLine(firstLine(subjectName(question.request.subject)));
}

function runningThing(transcript: Transcript): string {
  for (let index = transcript.entries.length - 1; index >= 0; index -= 1) {
    const entry = transcript.entries[index];
    if (entry === undefined || entry.type === "turn_end") return "";
    if (entry.type === "tool" && isOpen(entry)) return firstLine(toolWords(entry).object);
  }
  return "";
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function isOpen(entry: ToolEntry): boolean {
  const state = toolState(entry);
  return state === "running" || state === "waiting";
}
