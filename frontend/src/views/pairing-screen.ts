/** Letting this browser in: with a code from the link, or by typing one. */
import type { Failure } from "../api/types.ts";
import { type Child, h } from "../lib/dom.ts";
import { formatClock } from "../lib/format.ts";
import { effect, type Signal, signal } from "../lib/signal.ts";
import { deviceKind, nameFromAgent, suggestName } from "../lib/this-device.ts";
import { access, machineName, pair } from "../state/device.ts";
import { replace, route } from "../state/navigation.ts";
import { codeCharacters, codeLength, formatCode } from "../state/pairing-code.ts";
import { text } from "../text/en.ts";
import { CopyLine } from "./copy-line.ts";
import { Mark } from "./mark.ts";

interface Attempt {
  readonly isSending: Signal<boolean>;
  readonly problem: Signal<string | null>;
  /** Until then no try is taken, in milliseconds since the epoch. */
  readonly blockedUntil: Signal<number>;
}

const kind = text.devices[deviceKind()];

/** The screen of a browser that is not, or no longer, paired. */
export function PairingScreen(): HTMLElement {
  const attempt: Attempt = { isSending: signal(false), problem: signal(null), blockedUntil: signal(0) };
  return h(
    "div",
    { class: "pairing-screen" },
    h(
      "div",
      { class: "pairing-column" },
      Mark(40, () => false),
      (): Child => {
        const open = route.value;
        const code = open.screen === "pair" && open.code !== null ? codeCharacters(open.code) : "";
        return code.length === codeLength ? WithLink(code, attempt) : WithoutLink(attempt);
      },
    ),
  );
}

function WithLink(code: string, attempt: Attempt): Child {
  const name = h("input", {
    class: "field",
    id: "device-name",
    name: "name",
    maxlength: 80,
    autocomplete: "off",
    enterkeyhint: "go",
    value: nameFromAgent(),
  });
  void suggestName().then((better) => {
    if (name.value === nameFromAgent()) name.value = better;
  });
  const submit = (event: Event | null) => {
    event?.preventDefault();
    void send(attempt, code, name.value.trim() || nameFromAgent());
  };
  // On the machine's own browser the link was opened by the program itself: nothing is left to ask.
  if (isLoopback()) queueMicrotask(() => submit(null));
  return h(
    "form",
    { class: "pairing-form", onsubmit: submit },
    h("h1", null, text.pairing.pairWith(kind, machineName())),
    h("label", { for: "device-name" }, text.pairing.name),
    name,
    h("p", { class: "muted" }, text.pairing.power(kind, machineName())),
    Problem(attempt),
    h(
      "button",
      {
        type: "submit",
        class: "button button-primary",
        "aria-disabled": () => (attempt.isSending.value || isBlocked(attempt) ? "true" : null),
        onpointerdown: (event) => event.preventDefault(),
      },
      () => (attempt.isSending.value ? text.pairing.pairing : text.pairing.pair),
    ),
    () =>
      attempt.problem.value === null
        ? null
        : h(
            "button",
            { type: "button", class: "button button-quiet", onclick: () => replace("/pair") },
            text.pairing.anotherCode,
          ),
  );
}

function WithoutLink(attempt: Attempt): Child {
  return h(
    "div",
    { class: "pairing-form" },
    () => (access.value.state === "revoked" ? h("p", { class: "pairing-revoked" }, revokedWords()) : null),
    h("h1", null, () =>
      access.value.state === "revoked" ? text.pairing.pairAgain : text.pairing.privateTitle,
    ),
    h("p", null, text.pairing.onTheMachine),
    CopyLine(text.pairing.command),
    CodeForm(attempt),
  );
}

function CodeForm(attempt: Attempt): HTMLElement {
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
    oninput: () => {
      const characters = codeCharacters(field.value);
      const isAtEnd = field.selectionStart === field.value.length;
      field.value = formatCode(characters);
      if (isAtEnd) field.setSelectionRange(field.value.length, field.value.length);
      attempt.problem.value = null;
      if (characters.length === codeLength) submit(null);
    },
  });
  const submit = (event: Event | null) => {
    event?.preventDefault();
    const characters = codeCharacters(field.value);
    if (characters.length === codeLength) void suggestName().then((name) => send(attempt, characters, name));
  };
  return h(
    "form",
    { class: "code-form", onsubmit: submit },
    h("label", { for: "pairing-code" }, text.pairing.code),
    field,
    Problem(attempt),
    () =>
      attempt.problem.value === null
        ? null
        : h(
            "button",
            {
              type: "submit",
              class: "button",
              "aria-disabled": () => (attempt.isSending.value || isBlocked(attempt) ? "true" : null),
              onpointerdown: (event) => event.preventDefault(),
            },
            () => (attempt.isSending.value ? text.pairing.pairing : text.pairing.retry),
          ),
  );
}

function Problem(attempt: Attempt): HTMLElement {
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

/** Too many tries: the sentence above says for how long. */
function isBlocked({ blockedUntil }: Attempt): boolean {
  return blockedUntil.value !== 0;
}

/** What stands between backticks is to be typed, and looks like it. */
function withCode(sentence: string): Child {
  return sentence.split("`").map((part, index) => (index % 2 === 1 ? h("code", null, part) : part));
}

async function send(attempt: Attempt, code: string, name: string): Promise<void> {
  if (attempt.isSending.peek() || attempt.blockedUntil.peek() > Date.now()) return;
  attempt.isSending.value = true;
  const failure = await pair(code, name);
  attempt.isSending.value = false;
  if (failure === null) replace("/");
  else explain(attempt, failure);
}

function explain(attempt: Attempt, failure: Failure): void {
  if (failure === "unreachable") attempt.problem.value = text.pairing.unreachable(machineName());
  else if (failure.code === "code_unknown") attempt.problem.value = text.pairing.codeUnknown;
  else if (failure.code === "code_expired") attempt.problem.value = text.pairing.codeExpired;
  else if (failure.code === "too_many_tries")
    attempt.blockedUntil.value = Date.now() + 1000 * Number(failure.data.retryAfterSeconds ?? 30);
  else attempt.problem.value = text.failure(failure, machineName());
}

function revokedWords(): string {
  const revoked = access.value;
  if (revoked.state !== "revoked") return "";
  const at = revoked.at === null ? null : new Date(revoked.at);
  return text.pairing.revoked(
    kind,
    revoked.by,
    at === null || Number.isNaN(at.getTime()) ? null : formatClock(at),
  );
}

function isLoopback(): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
}
