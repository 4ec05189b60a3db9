/** A section for devices that may do everything; the others read why it is closed. */
import { type Child, h } from "../../lib/dom.ts";
import { computed, untracked } from "../../lib/signal.ts";
import { device } from "../../state/access/device.ts";
import { text } from "../../text/en.ts";
import { devices } from "../../text/en-access.ts";
import { thisKind } from "../devices/this-kind.ts";
import { Waiting } from "../frame/waiting.ts";

/** Draws `content` once it is known that this device may do everything; `otherwise` stands beneath the sentence. */
export function NeedsFull(content: () => Child, otherwise: () => Child = () => null): HTMLElement {
  // The device is asked about again and again; only its rights matter here.
  const rights = computed(() => device.value?.rights ?? null);
  return h("div", { class: "settings-section" }, (): Child => {
    if (rights.value === null) return Waiting(text.settings.loading);
    if (rights.value === "full") return untracked(content);
    return [h("p", { class: "muted" }, devices.notAllowed(thisKind, rights.value)), untracked(otherwise)];
  });
}
