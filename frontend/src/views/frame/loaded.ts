/** A part of the page that comes when it is first wanted: the part, or how to get it when it did not come. */
import { type Child, h } from "../../lib/dom.ts";
import { signal, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/device.ts";
import { text } from "../../text/en.ts";
import { Waiting } from "./waiting.ts";

/** Shows what `load` brings; the component that it makes belongs to where it is shown. `onShown` gets its element. */
export function Loaded(
  load: () => Promise<() => HTMLElement>,
  onShown?: (element: HTMLElement) => void,
): Child {
  const part = signal<(() => HTMLElement) | null>(null);
  const hasFailed = signal(false);
  const fetchPart = () => {
    hasFailed.value = false;
    load().then(
      (component) => {
        part.value = component;
      },
      () => {
        // Shown below, with a way to try again.
        hasFailed.value = true;
      },
    );
  };
  fetchPart();
  return (): Child => {
    const component = part.value;
    if (component !== null) return untracked(() => show(component, onShown));
    return hasFailed.value ? Failed(fetchPart) : Waiting(text.pairing.waiting(machineName()));
  };
}

function show(component: () => HTMLElement, onShown?: (element: HTMLElement) => void): HTMLElement {
  const element = component();
  // It is in the page only after this binding has run.
  if (onShown !== undefined) queueMicrotask(() => onShown(element));
  return element;
}

function Failed(retry: () => void): HTMLElement {
  return h(
    "div",
    { class: "load-failed" },
    h("p", null, text.pairing.unreachable(machineName())),
    h("button", { type: "button", class: "button", onclick: retry }, text.connection.tryNow),
  );
}
