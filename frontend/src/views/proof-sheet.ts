/** “Show that it is you”: what opens the machine to others waits for a code or a sign-in, and then goes on by itself. */
import { h } from "../lib/dom.ts";
import { openSheet } from "../lib/sheet.ts";
import { onCleanup, signal } from "../lib/signal.ts";
import { giveProof, hasProof } from "../state/access/proof.ts";
import { text } from "../text/en.ts";
import { signIn, proof as words } from "../text/en-access.ts";
import { CodeForm, newAttempt, send } from "./code-form.ts";
import { CopyLine } from "./copy-line.ts";
import { SignIn } from "./sign-in/sign-in.ts";

let asked: Promise<boolean> | null = null;

/** Opens the sheet unless it is open already. True: proof was given; false: the sheet was closed without it. */
export function askForProof(): Promise<boolean> {
  asked ??= new Promise((resolve) => {
    let isGiven = false;
    openSheet({
      title: words.title,
      anchor: null,
      content: (close) =>
        Content(() => {
          isGiven = true;
          close();
        }),
      onClose: () => {
        asked = null;
        resolve(isGiven);
      },
    });
  });
  return asked;
}

function Content(done: () => void): HTMLElement {
  const attempt = newAttempt();
  const problem = signal<string | null>(null);
  const look = async (otherwise: string | null) => {
    if (await hasProof()) done();
    else problem.value = otherwise;
  };
  // A sign-in in another tab: back here, it may have been enough.
  const wake = () => {
    if (document.visibilityState === "visible") void look(null);
  };
  document.addEventListener("visibilitychange", wake);
  onCleanup(() => document.removeEventListener("visibilitychange", wake));
  return h(
    "div",
    { class: "proof-sheet" },
    h("p", null, words.why),
    h("p", null, words.terminal),
    CopyLine(text.pairing.command),
    CodeForm(
      attempt,
      async (code) => {
        problem.value = null;
        if (await send(attempt, () => giveProof(code))) done();
      },
      text.pairing.checking,
    ),
    h("p", { class: "muted" }, words.orDevice),
    SignIn({
      onDone: () => void look(words.notProven),
      label: signIn.withGitHub,
      next: "/settings/github",
      isBeside: true,
    }),
    h("p", { class: "field-problem", role: "alert" }, () => problem.value),
  );
}
