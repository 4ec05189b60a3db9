/** A part of the page that comes when it is first wanted: the part, or how to get it when it did not come. */
import { withStyles } from "../../lib/browser/later-styles.ts";
import { type Child, h } from "../../lib/dom.ts";
import { signal, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { comparePageVersion } from "../../state/page-version.ts";
import { text } from "../../text/en.ts";
import { Waiting } from "./waiting.ts";

export interface LoadedOptions {
  /** Gets the part's element once it is in the page. */
  readonly onShown?: (element: HTMLElement) => void;
  /** What stands around the words until the part is there: a screen has its way back also then. */
  readonly frame?: (words: Child) => Child;
  /** What is said while the machine does not give the part; absent: that it does not answer. */
  readonly unreachable?: () => string;
}

/** Shows what `load` brings; the component that it makes belongs to where it is shown. */
export function Loaded(load: () => Promise<() => HTMLElement>, options: LoadedOptions = {}): Child {
  const { onShown, frame = (words) => words } = options;
  const unreachable = options.unreachable ?? (() => text.pairing.unreachable(machineName()));
  const part = signal<(() => HTMLElement) | null>(null);
  const failure = signal<"none" | "unreachable" | "updated">("none");
  const fetchPart = () => {
    failure.value = "none";
    withStyles(load()).then(
      (component) => {
        part.value = component;
      },
      // Shown below, with a way to get it.
      async () => {
        failure.value = (await comparePageVersion()) === "updated" ? "updated" : "unreachable";
      },
    );
  };
  fetchPart();
  const words = (): Child => {
    switch (failure.value) {
      case "none":
        return Waiting(text.pairing.waiting(machineName()));
      case "unreachable":
        return Failed(unreachable(), text.connection.tryNow, fetchPart);
      case "updated":
        return Failed(text.connection.updated, text.connection.reload, () => location.reload());
    }
  };
  return (): Child => {
    const component = part.value;
    return untracked(() => (component === null ? frame(words) : show(component, onShown)));
  };
}

function show(component: () => HTMLElement, onShown?: (element: HTMLElement) => void): HTMLElement {
  const element = component();
  // It is in the page only after this binding has run.
  if (onShown !== undefined) queueMicrotask(() => onShown(element));
  return element;
}

function Failed(sentence: string, label: string, act: () => void): HTMLElement {
  return h(
    "div",
    { class: "load-failed" },
    h("p", null, sentence),
    h("button", { type: "button", class: "button", onclick: act }, label),
  );
}
