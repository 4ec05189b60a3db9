/** The field for a one-time code, and what becomes of each try with one. */
import type { Failure } from "../api/types.ts";
import { type Child, h } from "../lib/dom.ts";
import { effect, type Signal, signal } from "../lib/signal.ts";
import { machineName } from "../state/access/device.ts";
import { codeCharacters, codeLength, formatCode } from "../state/access/pairing-code.ts";
import { text } from "../text/en.ts";

/** One try after another with a code, and what became of the last. */
export interface Attempt {
  readonly isSending: Signal<boolean>;
  /** The answer takes so long that it has to be said. */
  readonly isSlow: Signal<boolean>;
  readonly problem: Signal<string | null>;
  /** The machine does not take this code, now or later. */
  readonly isRefused: Signal<boolean>;
  /** Until then no try is taken, in milliseconds since the epoch; 0: one is taken now. */
  readonly blockedUntil: Signal<number>;
}

const slowMs = 400;

/** No try yet. */
export function newAttempt(): Attempt {
  return {
    isSending: signal(false),
    isSlow: signal(false),
    problem: signal(null),
    isRefused: signal(false),
    blockedUntil: signal(0),
  };
}

/** The field for eight characters; it hands them on at the eighth, or when tried again. `sending` is said meanwhile. */
export function CodeForm(
  attempt: Attempt,
  redeem: (code: string) => Promise<void>,
  sending: string = text.pairing.pairing,
): HTMLElement {
  const isWhole = signal(false);
  const isOffered = signal(false);
  const field = h("input", {
    class: "field code-field",
    id: "pairing-code",
    name: "code",
    placeholder: text.pairing.codeHint,
    autocomplete: "one-time-code",
    autocapitalize: "characters",
    autocorrect: "off",
    spellcheck: false,
    enterkeyhint: "go",
    "aria-describedby": "pairing-problem",
    "aria-invalid": () => (attempt.problem.value === null ? null : "true"),
    "aria-busy": () => (attempt.isSending.value ? "true" : null),
    oninput: () => {
      const characters = codeCharacters(field.value);
      const isAtEnd = field.selectionStart === field.value.length;
      field.value = formatCode(characters);
      if (isAtEnd) field.setSelectionRange(field.value.length, field.value.length);
      if (!isBlocked(attempt)) attempt.problem.value = null;
      if (characters.length === codeLength) submit(null);
      isWhole.value = characters.length === codeLength;
    },
  });
  const submit = (event: Event | null) => {
    event?.preventDefault();
    const characters = codeCharacters(field.value);
    if (characters.length === codeLength) void redeem(characters);
  };
  effect(() => {
    // The first try goes by itself; from its end on there is a button, for as long as there is something to try.
    if (!isWhole.value) isOffered.value = false;
    else if (!attempt.isSending.value) isOffered.value = true;
  });
  return h(
    "form",
    { class: "code-form", onsubmit: submit },
    h("label", { for: "pairing-code" }, text.pairing.code),
    h("div", { class: "code-line" }, field, (): Child => (isOffered.value ? RetryButton(attempt) : null)),
    h(
      "div",
      { class: "code-outcome" },
      CodeProblem(attempt),
      h("p", { class: "muted", role: "status" }, () => (attempt.isSlow.value ? sending : null)),
    ),
  );
}

function RetryButton(attempt: Attempt): HTMLElement {
  return h(
    "button",
    {
      type: "submit",
      class: "button",
      "aria-disabled": () => (attempt.isSending.value || isBlocked(attempt) ? "true" : null),
      onpointerdown: (event) => event.preventDefault(),
    },
    text.pairing.retry,
  );
}

/** Why the last try was not taken; it counts down where one has to wait. */
export function CodeProblem(attempt: Attempt): HTMLElement {
  effect(() => {
    const until = attempt.blockedUntil.value;
    if (until === 0) return;
    const tick = () => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      if (seconds > 0) attempt.problem.value = text.pairing.tooManyTries(seconds);
      else {
        attempt.problem.value = null;
        attempt.blockedUntil.value = 0;
      }
    };
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  });
  return h("p", { class: "field-problem", id: "pairing-problem", role: "alert" }, () =>
    withCode(attempt.problem.value ?? ""),
  );
}

/** Too many tries: the sentence says for how long. */
export function isBlocked({ blockedUntil }: Attempt): boolean {
  return blockedUntil.value !== 0;
}

/** What stands between backticks is to be typed, and looks like it. */
function withCode(sentence: string): Child {
  if (sentence === "") return null;
  return sentence.split("`").map((part, index) => (index % 2 === 1 ? h("code", null, part) : part));
}

/** Sends a code unless one is on its way or the machine said to wait. True: it was taken. */
export async function send(attempt: Attempt, call: () => Promise<Failure | null>): Promise<boolean> {
  if (attempt.isSending.peek() || attempt.blockedUntil.peek() > Date.now()) return false;
  attempt.problem.value = null;
  attempt.isSending.value = true;
  const slow = setTimeout(() => {
    attempt.isSlow.value = true;
  }, slowMs);
  const failure = await call();
  clearTimeout(slow);
  attempt.isSlow.value = false;
  attempt.isSending.value = false;
  if (failure !== null) explain(attempt, failure);
  return failure === null;
}

function explain(attempt: Attempt, failure: Failure): void {
  if (failure === "unreachable") attempt.problem.value = text.pairing.unreachable(machineName());
  else if (failure.code === "code_unknown") refuse(attempt, text.pairing.codeUnknown);
  else if (failure.code === "code_expired") refuse(attempt, text.pairing.codeExpired);
  else if (failure.code === "too_many_tries")
    attempt.blockedUntil.value = Date.now() + 1000 * Number(failure.data.retryAfterSeconds ?? 30);
  else attempt.problem.value = text.failureAtField(failure, machineName());
}

function refuse(attempt: Attempt, sentence: string): void {
  attempt.isRefused.value = true;
  attempt.problem.value = sentence;
}
