/** One device: its facts, another name, fewer rights, and signing it out. */
import type { Device, DeviceRights, Failure } from "../../api/types.ts";
import { minutes } from "../../lib/clock.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatExact, formatListTime } from "../../lib/format.ts";
import { openSheet } from "../../lib/sheet.ts";
import { signal } from "../../lib/signal.ts";
import { changeDevice, device, machineName, revokeDevice } from "../../state/access/device.ts";
import { text } from "../../text/en.ts";
import { devices as more } from "../../text/en-access.ts";
import { Choice } from "../settings/choice.ts";
import { type Fact, FactList } from "../settings/fact-list.ts";
import { SignOutNow } from "./sign-out-button.ts";

const words = text.settings;
const allRights: readonly DeviceRights[] = ["full", "approve", "read"];

/** Opens the sheet of a device; changes apply at once. */
export function openDevice(each: Device): void {
  openSheet({ title: each.name, content: (close) => DeviceSheet(each, close) });
}

function DeviceSheet(each: Device, close: () => void): Child {
  const nameProblem = signal<string | null>(null);
  const rightsProblem = signal<string | null>(null);
  const called = signal(each.name);
  const rights = signal(each.rights);
  const isThis = each.id === device.peek()?.id;
  const rename = async (wanted: string) => {
    const failure = await changeDevice(each.id, { name: wanted });
    nameProblem.value = wordsFor(failure);
    if (failure !== null) return;
    called.value = wanted;
    retitle(name, wanted);
  };
  const limit = async (wanted: DeviceRights) => {
    const failure = await changeDevice(each.id, { rights: wanted });
    rightsProblem.value = wordsFor(failure);
    if (failure === null) rights.value = wanted;
  };
  const name = h("input", {
    class: "field",
    id: "device-rename",
    name: "name",
    maxlength: 80,
    autocomplete: "off",
    enterkeyhint: "done",
    value: each.name,
    onchange: () => void rename(name.value.trim() || called.peek()),
  });
  return h(
    "div",
    { class: "device-sheet" },
    h("label", { for: "device-rename" }, words.name),
    name,
    h("p", { class: "field-problem", role: "alert" }, () => nameProblem.value),
    FactList(factsOf(each, isThis)),
    isThis
      ? h("p", { class: "muted" }, more.ownRights)
      : [
          Choice({
            label: words.rightsLabel,
            values: allRights,
            nameOf: (value) => words.rights[value],
            current: () => rights.value,
            choose: limit,
          }),
          h("p", { class: "field-problem", role: "alert" }, () => rightsProblem.value),
          h("p", { class: "muted" }, () => more.rightsLines[rights.value]),
          h("p", null, () => words.revokeHint(called.value)),
          SignOutNow(
            { label: () => words.revokeNamed(called.value), signOut: () => revokeDevice(each.id) },
            close,
          ),
        ],
  );
}

function wordsFor(failure: Failure | null): string | null {
  return failure === null ? null : text.failure(failure, machineName());
}

/** The sheet around `inside` bears the new name too. */
function retitle(inside: HTMLElement, name: string): void {
  const sheet = inside.closest("dialog");
  sheet?.setAttribute("aria-label", name);
  sheet?.querySelector(".sheet-head h2")?.replaceChildren(name);
}

function factsOf(each: Device, isThis: boolean): readonly Fact[] {
  const exact = (at: string) => new Date(at);
  const { facts } = more;
  return [
    ...(isThis ? [[facts.rights, words.rights[each.rights]] as const] : []),
    ...(isThis || each.lastSeenAt === null
      ? []
      : [
          [
            facts.seen,
            Time(exact(each.lastSeenAt), formatListTime(exact(each.lastSeenAt), new Date(minutes.peek()))),
          ] as const,
        ]),
    [facts.address, each.lastAddress ?? more.unknownAddress],
    ...(each.login === null ? [] : [[facts.login, each.login] as const]),
    [
      facts.paired,
      Time(exact(each.createdAt), formatListTime(exact(each.createdAt), new Date(minutes.peek()))),
    ],
  ];
}

function Time(at: Date, words: string): HTMLElement {
  return h("time", { datetime: at.toISOString(), title: formatExact(at) }, words);
}
