/** All paired devices, this one first: pair another, rename, limit, sign out. */
import type { Device } from "../../api/types.ts";
import { minutes } from "../../lib/clock.ts";
import { type Child, h, list, when } from "../../lib/dom.ts";
import { formatListTime } from "../../lib/format.ts";
import { computed, type ReadonlySignal, untracked } from "../../lib/signal.ts";
import { device, devices, leave, loadDevices, machineName, revokeOthers } from "../../state/access/device.ts";
import { text } from "../../text/en.ts";
import { devices as more } from "../../text/en-access.ts";
import { Waiting } from "../frame/waiting.ts";
import { OpeningRow } from "../option-row.ts";
import { NeedsFull } from "../settings/needs-full.ts";
import { openDevice } from "./device-sheet.ts";
import { openPairAnother } from "./pair-another-sheet.ts";
import { SignOutButton } from "./sign-out-button.ts";
import { thisKind } from "./this-kind.ts";

const words = text.settings;

export function DevicesSection(): HTMLElement {
  return NeedsFull(DeviceList, LeaveButton);
}

function DeviceList(): Child {
  void loadDevices();
  const rows = h("ul", { class: "option-list" });
  const ordered = computed(() =>
    [...(devices.value ?? [])].sort((a, b) => Number(isThis(b)) - Number(isThis(a))),
  );
  list(
    rows,
    () => ordered.value,
    (each) => each.id,
    DeviceRow,
  );
  return [
    rows,
    // What stands beneath the rows comes with them, so that nothing moves under a finger.
    when(
      () => devices.value === null,
      () => Waiting(words.loading),
      Buttons,
    ),
  ];
}

function Buttons(): Child {
  return [
    h(
      "button",
      { type: "button", class: "button button-primary", onclick: openPairAnother },
      words.pairAnother,
    ),
    h("div", { class: "settings-part" }, RevokeOthersButton(), LeaveButton()),
  ];
}

function DeviceRow(each: ReadonlySignal<Device>): HTMLElement {
  return OpeningRow({
    name: () => each.value.name,
    line: () => lineOf(each.value),
    open: () => openDevice(each.peek()),
  });
}

/** Who it is in one line: rights, when and from where it was last seen, the GitHub login. */
function lineOf(each: Device): string {
  const seen =
    each.lastSeenAt === null
      ? words.neverSeen
      : words.lastSeen(formatListTime(new Date(each.lastSeenAt), new Date(minutes.value)));
  const parts = [
    isThis(each) ? words.thisOne : null,
    words.rights[each.rights],
    isThis(each) ? null : seen,
    each.lastAddress,
    each.login,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

function isThis(each: Device): boolean {
  return each.id === device.value?.id;
}

function RevokeOthersButton(): Child {
  // Asked again and again: only other names draw it anew.
  const named = computed(() =>
    JSON.stringify((devices.value ?? []).filter((each) => !isThis(each)).map((each) => each.name)),
  );
  return (): Child => {
    if (named.value === "[]") return null;
    const names = untracked(() => (devices.value ?? []).filter((each) => !isThis(each))).map(
      (each) => each.name,
    );
    return SignOutButton({
      label: more.revokeOthers(names.length),
      hint: more.revokeOthersHint(names.join(", "), names.length),
      signOut: revokeOthers,
    });
  };
}

function LeaveButton(): Child {
  return SignOutButton({
    label: more.leave(thisKind),
    hint: more.leaveHint(thisKind, machineName()),
    signOut: leave,
  });
}
