/** Letting this browser in: with a code from the link, or by typing one. */

import { deviceKind, nameFromAgent, suggestName } from "../lib/browser/this-device.ts";
import { type Child, h } from "../lib/dom.ts";
import { formatClock } from "../lib/format.ts";
import { computed, untracked } from "../lib/signal.ts";
import { access, machineName, pair } from "../state/access/device.ts";
import { codeCharacters, codeLength } from "../state/access/pairing-code.ts";
import { replace, route } from "../state/navigation.ts";
import { text } from "../text/en.ts";
import { type Attempt, CodeForm, CodeProblem, isBlocked, newAttempt, send } from "./code-form.ts";
import { CopyLine } from "./copy-line.ts";
import { Mark } from "./mark.ts";
import { SignIn } from "./sign-in/sign-in.ts";

const kind = text.devices[deviceKind()];

/** The screen of a browser that is not, or no longer, paired. */
export function PairingScreen(): HTMLElement {
  const code = computed(() => {
    const open = route.value;
    return open.screen === "pair" && open.code !== null ? codeCharacters(open.code) : "";
  });
  return h(
    "div",
    { class: "pairing-screen" },
    h(
      "div",
      { class: "pairing-column" },
      Mark(40, () => false),
      (): Child => {
        const given = code.value;
        // What became of a link says nothing about the code that is typed next.
        return untracked(() => (given.length === codeLength ? WithLink(given) : WithoutLink()));
      },
    ),
  );
}

function WithLink(code: string): Child {
  const attempt = newAttempt();
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
    if (attempt.isRefused.peek()) return typeAnother();
    const chosen = name.value.trim() || nameFromAgent();
    void send(attempt, () => pair(code, chosen)).then(enter);
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
    CodeProblem(attempt),
    () => (attempt.isRefused.value ? null : PairButton(attempt)),
    () => (attempt.problem.value === null ? null : AnotherButton(attempt)),
  );
}

function PairButton(attempt: Attempt): HTMLElement {
  return h(
    "button",
    {
      type: "submit",
      class: "button button-primary",
      "aria-disabled": () => (attempt.isSending.value || isBlocked(attempt) ? "true" : null),
      onpointerdown: (event) => event.preventDefault(),
    },
    () => (attempt.isSending.value ? text.pairing.pairing : text.pairing.pair),
  );
}

function AnotherButton({ isRefused }: Attempt): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: () => (isRefused.value ? "button button-primary" : "button button-quiet"),
      onclick: typeAnother,
    },
    text.pairing.anotherCode,
  );
}

function typeAnother(): void {
  replace("/pair");
}

function WithoutLink(): Child {
  const attempt = newAttempt();
  return h(
    "div",
    { class: "pairing-form" },
    () => (access.value.state === "revoked" ? h("p", { class: "pairing-revoked" }, revokedWords()) : null),
    h("h1", null, () =>
      access.value.state === "revoked" ? text.pairing.pairAgain : text.pairing.privateTitle,
    ),
    h("p", null, text.pairing.onTheMachine),
    CopyLine(text.pairing.command),
    CodeForm(attempt, (code) => send(attempt, async () => pair(code, await suggestName())).then(enter)),
    SignIn({ onDone: () => replace("/") }),
  );
}

function enter(isIn: boolean): void {
  if (isIn) replace("/");
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
