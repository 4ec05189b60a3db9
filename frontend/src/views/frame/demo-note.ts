/** Says, on every screen where work is shown, that the demo's model is a script. */
import { type Child, h } from "../../lib/dom.ts";
import { isDemo } from "../../state/access/device.ts";
import { text } from "../../text/en.ts";

/** A quiet line; nothing outside the demo. */
export function DemoNote(): Child {
  return () => (isDemo() ? h("p", { class: "demo-note" }, text.demoNote) : null);
}
