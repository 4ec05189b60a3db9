/** What may be said first: three examples, and once on a device what it asks before. The empty session and the sheet of a new one show it. */
import { readStored, writeStored } from "../lib/browser/storage.ts";
import { type Child, h } from "../lib/dom.ts";
import { isDemoModel } from "../state/models.ts";
import { text } from "../text/en.ts";

const { firstWords: words } = text;

/** All that a tap may have put into a field. */
export const allExamples: readonly string[] = [...words.examples, ...words.demoExamples];

interface ExamplesOptions {
  /** Null: the default one. */
  readonly model: () => string | null;
  /** Puts an example into the field; nothing is sent. */
  readonly onTry: (example: string) => void;
}

/** Three ways to begin. The demo's script knows others than a model. */
export function Examples({ model, onTry }: ExamplesOptions): Child {
  const Example = (example: string) =>
    h(
      "li",
      null,
      h(
        "button",
        {
          type: "button",
          class: "example",
          onpointerdown: (event) => event.preventDefault(),
          onclick: () => onTry(example),
        },
        example,
      ),
    );
  return [
    h("p", { class: "examples-title" }, words.title),
    h("ul", { class: "examples" }, () =>
      (isDemoModel(model()) ? words.demoExamples : words.examples).map(Example),
    ),
  ];
}

/** Said once on a device, while it is true. */
export function AskHint(isAsking: () => boolean): Child {
  if (readStored("hintShown") !== null || !isAsking()) return null;
  writeStored("hintShown", "yes");
  return (): Child =>
    isAsking()
      ? h("p", { class: "ask-hint" }, words.hint, h("strong", null, text.mode.names.ask), ".")
      : null;
}
