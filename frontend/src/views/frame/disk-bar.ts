/** The bar that stays while the machine's disk is full or cannot be written, and the line before that while room is low. */

import { deviceKind } from "../../lib/browser/this-device.ts";
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed } from "../../lib/signal.ts";
import { device, machineName } from "../../state/access/device.ts";
import { diskRoom } from "../../state/disk-room.ts";
import { text } from "../../text/en.ts";

/** Nothing while there is room; `isNotSaving`: something in view cannot be saved, whatever the room. */
export function DiskBar(isNotSaving: () => boolean = () => false): Child {
  const tone = computed(() => (isNotSaving() ? "full" : diskRoom.value));
  return (): Child => {
    switch (tone.value) {
      case "enough":
        return null;
      case "low":
        return h("p", { class: "disk-bar", "data-room": "low", role: "status" }, () =>
          text.connection.lowDisk(machineName()),
        );
      case "full":
        return h(
          "p",
          { class: "disk-bar", "data-room": "full", role: "status" },
          icon("alert"),
          h("span", null, () => fullText()),
        );
    }
  };
}

function fullText(): string {
  const kind = text.devices[deviceKind()];
  return text.connection.notSaving(machineName(), device.value?.rights === "read" ? null : kind);
}
