/** What is wrong with the connection, in the header: a dot, then words, then the way to try again. */

import { deviceKind } from "../../lib/browser/this-device.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatClock } from "../../lib/format.ts";
import { machineName } from "../../state/access/device.ts";
import { connection, lastHeardAt, tryNow } from "../../state/connection.ts";
import { text } from "../../text/en.ts";

/** Nothing while the machine is heard. */
export function ConnectionDot(): HTMLElement {
  return h("div", { class: "connection-dot", "data-connection": () => connection.value }, (): Child => {
    switch (connection.value) {
      case "open":
        return null;
      case "quiet":
        return h("span", {
          class: "dot",
          role: "img",
          "aria-label": text.connection.quiet,
          title: text.connection.quiet,
        });
      case "reconnecting":
        return [h("span", { class: "dot", "aria-hidden": "true" }), Words(text.connection.reconnecting)];
      case "crowded":
        return [h("span", { class: "dot", "aria-hidden": "true" }), Words(text.connection.crowded)];
      case "offline":
        return [
          h("span", { class: "dot", "aria-hidden": "true" }),
          Words(text.connection.offline, lastHeard()),
        ];
    }
  });
}

/** The line under the header once the machine has not answered for a minute, or serves other pages of this browser. */
export function MachineGone(): Child {
  return () => {
    switch (connection.value) {
      case "open":
      case "quiet":
      case "reconnecting":
        return null;
      case "crowded":
        return WayOn(() => text.connection.crowdedWhy(text.devices[deviceKind()]), text.connection.goOnHere);
      case "offline":
        return WayOn(
          () => text.connection.gone(machineName(), lastHeard(), text.devices[deviceKind()]),
          text.connection.tryNow,
        );
    }
  };
}

function WayOn(why: () => string, label: string): HTMLElement {
  return h(
    "div",
    { class: "machine-gone" },
    h("p", null, why),
    h("button", { type: "button", class: "button", onclick: tryNow }, label),
  );
}

/** Where there is little room, the time is left to the line under the header. */
function Words(words: string, at: string | null = null): HTMLElement {
  return h(
    "span",
    // Where it is cut, or not seen at all.
    { class: "one-line", title: at === null ? words : `${words}${text.connection.lastHeard(at)}` },
    words,
    at === null ? null : h("span", { class: "last-heard" }, text.connection.lastHeard(at)),
  );
}

function lastHeard(): string | null {
  return lastHeardAt.value === null ? null : formatClock(new Date(lastHeardAt.value));
}
