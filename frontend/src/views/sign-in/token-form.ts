/** Signing in with a token that the person made on GitHub. */
import { h } from "../../lib/dom.ts";
import { signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { signInWithToken } from "../../state/access/sign-in.ts";
import { signInProblem, signIn as words } from "../../text/en-access.ts";

/** The field and its button; what was pasted stays when it is refused, and is kept nowhere. */
export function TokenForm(onDone: () => void, cancel: () => void): HTMLElement {
  const isSending = signal(false);
  const problem = signal<string | null>(null);
  const field = h("input", {
    class: "field mono",
    id: "github-token",
    type: "password",
    autocomplete: "off",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: false,
    enterkeyhint: "go",
    "aria-describedby": "github-token-hint",
    "aria-invalid": () => (problem.value === null ? null : "true"),
  });
  const submit = async (event: Event) => {
    event.preventDefault();
    const token = field.value.trim();
    if (token === "" || isSending.peek()) return;
    isSending.value = true;
    problem.value = null;
    const refused = await signInWithToken(token);
    isSending.value = false;
    if (refused === null) onDone();
    else problem.value = signInProblem(refused, machineName());
  };
  return h(
    "form",
    { class: "token-form", onsubmit: (event) => void submit(event) },
    h("label", { for: "github-token" }, words.token),
    field,
    h("p", { class: "field-hint", id: "github-token-hint" }, words.tokenHint),
    h("p", { class: "field-problem", role: "alert" }, () => problem.value),
    h(
      "div",
      { class: "button-row" },
      h(
        "button",
        { type: "submit", class: "button", "aria-disabled": () => (isSending.value ? "true" : null) },
        () => (isSending.value ? words.signingIn : words.submitToken),
      ),
      h("button", { type: "button", class: "button button-quiet", onclick: cancel }, words.cancel),
    ),
  );
}
