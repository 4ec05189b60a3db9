/** All paired devices, this one first: pair another, rename, limit, sign out. */
import type { Device, DeviceRights } from "../../api/types.ts";
import { minutes } from "../../lib/clock.ts";
import { type Child, h, list } from "../../lib/dom.ts";
import { formatListTime } from "../../lib/format.ts";
import { icon } from "../../lib/icons.ts";
import { openSheet } from "../../lib/sheet.ts";
import { computed, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { deviceKind } from "../../lib/this-device.ts";
import { changeDevice, device, devices, loadDevices, machineName, revokeDevice } from "../../state/device.ts";
import { text } from "../../text/en.ts";
import { Waiting } from "../frame/waiting.ts";
import { Choice } from "./choice.ts";
import { openPairAnother } from "./pair-another-sheet.ts";

const words = text.settings;
const allRights: readonly DeviceRights[] = ["full", "approve", "read"];

export function DevicesSection(): HTMLElement {
  return h("div", { class: "settings-section" }, (): Child => {
    if (device.value === null) return Waiting(words.loading);
    return device.value.rights === "full"
      ? DeviceList()
      : h("p", { class: "muted" }, words.notAllowed(text.devices[deviceKind()]));
  });
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
    () => (devices.value === null ? Waiting(words.loading) : null),
    rows,
    h(
      "button",
      { type: "button", class: "button button-primary", onclick: openPairAnother },
      words.pairAnother,
    ),
  ];
}

function DeviceRow(each: ReadonlySignal<Device>): HTMLElement {
  return h(
    "li",
    null,
    h(
      "button",
      {
        type: "button",
        class: "option-row",
        "aria-haspopup": "dialog",
        onclick: () => openDevice(each.peek()),
      },
      h(
        "span",
        { class: "option-words" },
        h("span", { class: "option-name", dir: "auto" }, () => each.value.name),
        h("span", { class: "option-line" }, () => lineOf(each.value)),
      ),
      icon("forward"),
    ),
  );
}

function lineOf(each: Device): string {
  if (isThis(each)) return `${words.thisOne} · ${words.rights[each.rights]}`;
  const seen =
    each.lastSeenAt === null
      ? words.neverSeen
      : words.lastSeen(formatListTime(new Date(each.lastSeenAt), new Date(minutes.value)));
  return `${words.rights[each.rights]} · ${seen}`;
}

function isThis(each: Device): boolean {
  return each.id === device.value?.id;
}

function openDevice(each: Device): void {
  const problem = signal<string | null>(null);
  const rights = signal(each.rights);
  const isRevoking = signal(false);
  openSheet({
    title: each.name,
    content: (close) => {
      const apply = async (change: { name?: string; rights?: DeviceRights }) => {
        const failure = await changeDevice(each.id, change);
        problem.value = failure === null ? null : text.failure(failure, machineName());
        if (failure === null && change.rights !== undefined) rights.value = change.rights;
      };
      const revoke = async () => {
        if (isRevoking.peek()) return;
        isRevoking.value = true;
        const failure = await revokeDevice(each.id);
        isRevoking.value = false;
        if (failure === null) close();
        else problem.value = text.failure(failure, machineName());
      };
      const name = h("input", {
        class: "field",
        id: "device-rename",
        name: "name",
        maxlength: 80,
        autocomplete: "off",
        enterkeyhint: "done",
        value: each.name,
        onchange: () => void apply({ name: name.value.trim() || each.name }),
      });
      return h(
        "div",
        { class: "device-sheet" },
        h("label", { for: "device-rename" }, words.name),
        name,
        Choice({
          label: words.rightsLabel,
          values: allRights,
          nameOf: (value) => words.rights[value],
          current: () => rights.value,
          choose: (value) => void apply({ rights: value }),
        }),
        h("p", { class: "muted" }, words.revokeHint(each.name)),
        h(
          "button",
          {
            type: "button",
            class: "button button-danger",
            "aria-disabled": () => (isRevoking.value ? "true" : null),
            onclick: () => void revoke(),
          },
          () => (isRevoking.value ? words.revoking : words.revokeNamed(each.name)),
        ),
        h("p", { class: "field-problem", role: "alert" }, () => problem.value),
      );
    },
  });
}
