/** Signing devices out: a plain button, what will go in words, and the button that does it. */
import type { Failure } from "../../api/types.ts";
import { h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { text } from "../../text/en.ts";
import { devices as words } from "../../text/en-access.ts";

interface SigningOut {
  readonly label: string;
  /** What will go. */
  readonly hint: string;
  /** Null: done; otherwise why not. */
  readonly signOut: () => Promise<Failure | null>;
}

/** Opens a sheet that says what goes; it is done there. */
export function SignOutButton(options: SigningOut): HTMLElement {
  return h(
    "button",
    { type: "button", class: "button", "aria-haspopup": "dialog", onclick: () => openSignOut(options) },
    options.label,
  );
}

/** The red button itself, with its waiting and its refusal. `done` is called once they are out. */
export function SignOutNow(
  { label, signOut }: { readonly label: () => string } & Pick<SigningOut, "signOut">,
  done: () => void,
): readonly HTMLElement[] {
  const isSending = signal(false);
  const problem = signal<string | null>(null);
  const act = async () => {
    if (isSending.peek()) return;
    isSending.value = true;
    const failure = await signOut();
    isSending.value = false;
    if (failure === null) done();
    else problem.value = text.failure(failure, machineName());
  };
  return [
    h(
      "button",
      {
        type: "button",
        class: "button button-danger",
        "aria-disabled": () => (isSending.value ? "true" : null),
        onclick: () => void act(),
      },
      () => (isSending.value ? words.signingOut : label()),
    ),
    h("p", { class: "field-problem", role: "alert" }, () => problem.value),
  ];
}

function openSignOut(options: SigningOut): void {
  openSheet({
    title: options.label,
    content: (close) =>
      h(
        "div",
        { class: "device-sheet" },
        h("p", { dir: "auto" }, options.hint),
        SignOutNow({ label: () => options.label, signOut: options.signOut }, close),
      ),
  });
}
