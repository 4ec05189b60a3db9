/** “Test connection”: the button, and what came of it in words. */
import type { ConnectionReport } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatDuration } from "../../lib/format.ts";
import { icon } from "../../lib/icons.ts";
import { type Signal, signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { testProvider } from "../../state/providers.ts";
import { text } from "../../text/en.ts";
import { connectionText, providers as words } from "../../text/en-models.ts";

/** A test that runs or has run. */
export type Trial = Signal<"none" | "running" | ConnectionReport | { readonly problem: string }>;

interface TestOptions {
  /** Null: it is not kept yet. */
  readonly id: () => string | null;
  readonly trial: Trial;
  /** Takes a better address that the test found; null: it cannot be changed here. */
  readonly useAddress: ((address: string) => void) | null;
  /** What stands between the result and the button of the test. */
  readonly buttons?: Child;
}

/** What is shorter is no number to tell. */
const shortestMs = 50;

/** None has run. */
export function newTrial(): Trial {
  return signal("none");
}

/** The last test ended well. */
export function hasWorked(trial: Trial): boolean {
  const state = trial.value;
  return typeof state === "object" && "outcome" in state && state.outcome === "works";
}

/** Tries a provider once; a second press while it runs does nothing. */
export async function runTrial(id: string, trial: Trial): Promise<void> {
  if (trial.peek() === "running") return;
  trial.value = "running";
  const outcome = await testProvider(id);
  trial.value = outcome.ok ? outcome.data : { problem: text.failure(outcome.failure, machineName()) };
}

/** The result, and the button beneath it. */
export function ConnectionTest({ id, trial, useAddress, buttons }: TestOptions): Child {
  const press = () => {
    const known = id();
    if (known !== null) void runTrial(known, trial);
  };
  return [
    ResultBox(trial, useAddress),
    buttons,
    () =>
      id() === null
        ? null
        : h("button", { type: "button", class: "button", onclick: press }, () =>
            trial.value === "running" ? words.testing : words.test,
          ),
  ];
}

/** What came of it is brought into view: the form above it is higher than a phone's screen. */
function ResultBox(trial: Trial, useAddress: TestOptions["useAddress"]): HTMLElement {
  const box = h("div", { class: "connection-result", role: "status" }, () => {
    if (trial.value !== "none") requestAnimationFrame(() => box.scrollIntoView({ block: "nearest" }));
    return Result(trial, useAddress);
  });
  return box;
}

function Result(trial: Trial, useAddress: TestOptions["useAddress"]): Child {
  const state = trial.value;
  if (state === "none") return null;
  if (state === "running") return h("p", { class: "muted" }, words.testing);
  if ("problem" in state) return h("p", { class: "field-problem" }, state.problem);
  const { answeredAfterMs, detail, betterBaseUrl, outcome } = state;
  const isKnown = answeredAfterMs !== null && answeredAfterMs >= shortestMs;
  const seconds = isKnown ? formatDuration(answeredAfterMs) : null;
  return [
    h(
      "p",
      { class: outcome === "works" ? "connection-works" : "connection-fails" },
      icon(outcome === "works" ? "check" : "alert"),
      h("span", { dir: "auto" }, connectionText(state, seconds)),
    ),
    detail === null ? null : h("p", { class: "muted connection-detail", dir: "auto" }, detail),
    betterBaseUrl === null || useAddress === null
      ? null
      : h(
          "button",
          { type: "button", class: "button", onclick: () => useAddress(betterBaseUrl) },
          words.useAddress(betterBaseUrl),
        ),
  ];
}
