/** What the agent does right now, for how long, and *Stop* while the composer holds text. */
import type { ToolEntry, Transcript } from "../../../../transcript/transcript.ts";
import { seconds } from "../../lib/clock.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatElapsed } from "../../lib/format.ts";
import { computed, type ReadonlySignal } from "../../lib/signal.ts";
import { working as words } from "../../text/en-session.ts";
import { StopButton } from "../composer/stop-button.ts";
import { toolState, toolWords } from "../entries/tool-words.ts";
import { Mark } from "../mark.ts";
import type { SessionContext } from "./session-context.ts";

const stillStoppingMs = 5000;
const objectLength = 60;

/** The line; nothing while no turn runs. `hasText`: the composer's button sends, so Stop is here. */
export function WorkingLine(context: SessionContext, hasText: ReadonlySignal<boolean>): Child {
  const { transcript } = context.session;
  const isBusy = computed(
    () => transcript.value.state === "running" || transcript.value.state === "requires_action",
  );
  const isWorking = computed(() => transcript.value.state === "running");
  const thing = computed(() => runningThing(transcript.value));
  return (): Child =>
    !isBusy.value
      ? null
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
          h("span", { class: "working-time numbers" }, () => elapsedText(transcript.value)),
          (): Child => (hasText.value ? StopButton(context) : null),
        );
}

function lineText(context: SessionContext, thing: string): string {
  const stopping = context.session.stopping.value;
  if (stopping !== null) {
    const isLate = seconds.value - stopping.at >= stillStoppingMs;
    return isLate ? words.still(thing === "" ? words.theTurn : thing) : words.stopping;
  }
  const state = context.session.transcript.value.state === "running" ? words.working : words.waiting;
  return thing === "" ? state : `${state} · ${thing}`;
}

function elapsedText(transcript: Transcript): string {
  const { turnStartedAt } = transcript;
  return turnStartedAt === null ? "" : formatElapsed(Math.max(0, seconds.value - Date.parse(turnStartedAt)));
}

/** The newest call that runs or waits, in a few words. */
function runningThing(transcript: Transcript): string {
  for (let index = transcript.entries.length - 1; index >= 0; index -= 1) {
    const entry = transcript.entries[index];
    if (entry === undefined || entry.type === "turn_end") return "";
    if (entry.type === "tool" && isOpen(entry)) return toolWords(entry).object.slice(0, objectLength);
  }
  return "";
}

function isOpen(entry: ToolEntry): boolean {
  const state = toolState(entry);
  return state === "running" || state === "waiting";
}
