/** Words that go into one request and not into the log: they end it, so that what stands before stays the same. */
import type { SessionMode } from "../../protocol/session.ts";

export interface ReminderFacts {
  readonly mode: SessionMode;
  readonly isLastStep: boolean;
  /** The conversation ends with the model's own words, and yet it is asked again. */
  readonly mustContinue: boolean;
  /** Responses in a row, up to now, that were cut off inside a call. */
  readonly cuts: number;
}

const words = {
  plan: "Plan mode is on: only reading and searching is allowed. Do not change files or run commands. Work out a plan and hand it in with exit_plan, or show it; the user decides how it goes on.",
  lastStep:
    "This was the last step of this turn: no more tools can be used. Say in a few lines what is done and what is left.",
  continue: "Your work was interrupted here. Look at where it stands and continue.",
  cutInCall:
    "Your last response was cut off at the output limit in the middle of a tool call, so nothing of it was run. Make the call again with shorter arguments, in several calls if needed.",
} as const;

/** The reminders that hold for the next request. */
export function reminders(facts: ReminderFacts): string[] {
  return [
    ...(facts.mustContinue ? [words.continue] : []),
    ...(facts.cuts > 0 ? [words.cutInCall] : []),
    ...(facts.mode === "plan" ? [words.plan] : []),
    ...(facts.isLastStep ? [words.lastStep] : []),
  ];
}
