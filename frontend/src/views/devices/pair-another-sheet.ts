/** The sheet that lets another device in: what it may do, then the QR code, the code, and the link. */
import type { Device, DeviceRights } from "../../api/types.ts";
import { seconds } from "../../lib/clock.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatClock } from "../../lib/format.ts";
import { QrCode } from "../../lib/qr.ts";
import { openSheet } from "../../lib/sheet.ts";
import { computed, onCleanup, type ReadonlySignal, signal, untracked } from "../../lib/signal.ts";
import {
  device,
  devices,
  loadDevices,
  machineName,
  makePairingCode,
  type PairingCode,
} from "../../state/access/device.ts";
import { codeCharacters, formatCode } from "../../state/access/pairing-code.ts";
import { text } from "../../text/en.ts";
import { devices as more } from "../../text/en-access.ts";
import { CopyLine } from "../copy-line.ts";
import { Waiting } from "../frame/waiting.ts";
import { OptionRow } from "../option-row.ts";

/** A code that was made, and the devices that were there before it; null: not known. */
interface Made {
  readonly rights: DeviceRights;
  readonly code: PairingCode;
  readonly known: ReadonlySet<string> | null;
}

interface Making {
  readonly isMaking: ReadonlySignal<boolean>;
  readonly make: (rights: DeviceRights) => void;
}

const words = text.settings;
const allRights: readonly DeviceRights[] = ["full", "approve", "read"];
const lookEveryMs = 3_000;

/** Asks what the other device may do, then makes a code and shows it until the device is there. */
export function openPairAnother(): void {
  const made = signal<Made | null>(null);
  const isMaking = signal(false);
  const problem = signal<string | null>(null);
  const make = async (rights: DeviceRights) => {
    if (isMaking.peek()) return;
    const pressed = document.activeElement;
    isMaking.value = true;
    problem.value = null;
    const [outcome] = await Promise.all([makePairingCode(rights), loadDevices()]);
    isMaking.value = false;
    if (outcome.ok) made.value = { rights, code: outcome.data, known: idsOf(devices.peek()) };
    else {
      problem.value = text.failure(outcome.failure, machineName());
      if (pressed instanceof HTMLElement) pressed.focus();
    }
  };
  const making: Making = { isMaking, make: (rights) => void make(rights) };
  openSheet({
    title: words.pairAnother,
    anchor: null,
    onClose: () => void loadDevices(),
    content: (): Child => {
      watchDevices();
      return [
        () => {
          const shown = made.value;
          return untracked(() => (shown === null ? Rights(making) : Code(shown, making)));
        },
        () => (isMaking.value ? Waiting(text.pairing.waiting(machineName())) : null),
        () =>
          problem.value === null
            ? null
            : h("p", { class: "field-problem sheet-note", role: "alert" }, problem.value),
      ];
    },
  });
}

/** While the sheet is open and seen, it is asked who is there. */
function watchDevices(): void {
  const look = () => {
    if (document.visibilityState === "visible") void loadDevices();
  };
  const timer = setInterval(look, lookEveryMs);
  document.addEventListener("visibilitychange", look);
  onCleanup(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
  });
}

function idsOf(all: readonly Device[] | null): ReadonlySet<string> | null {
  return all === null ? null : new Set(all.map(({ id }) => id));
}

function Rights({ isMaking, make }: Making): Child {
  return [
    h("p", { class: "sheet-note" }, more.pairWhat),
    h(
      "ul",
      { class: "option-list", inert: () => isMaking.value },
      allRights.map((rights) =>
        OptionRow({
          name: words.rights[rights],
          line:
            rights === "full" && !isProven()
              ? `${more.rightsLines.full} ${more.proofFirst}`
              : more.rightsLines[rights],
          isCurrent: false,
          refusal: null,
          choose: () => make(rights),
        }),
      ),
    ),
  ];
}

function isProven(): boolean {
  const until = device.peek()?.freshUntil ?? null;
  return until !== null && Date.parse(until) > Date.now();
}

function Code({ rights, code: { code, url, expiresAt }, known }: Made, { isMaking, make }: Making): Child {
  const isOver = computed(() => Date.parse(expiresAt) <= seconds.value);
  const paired = computed(() => {
    const came = known === null ? undefined : devices.value?.find(({ id }) => !known.has(id));
    return came === undefined ? null : more.nowPaired(came.name, words.rights[came.rights]);
  });
  return h("div", { class: "pair-another" }, (): Child => {
    if (paired.value !== null) return h("p", { role: "status", dir: "auto" }, paired.value);
    if (isOver.value)
      return [
        h("p", { role: "status" }, more.codeOver),
        h(
          "button",
          {
            type: "button",
            class: "button",
            "aria-disabled": () => (isMaking.value ? "true" : null),
            onclick: () => make(rights),
          },
          more.newCode,
        ),
      ];
    return [
      QrCode(url, url),
      h("p", { class: "pair-code" }, formatCode(codeCharacters(code))),
      h(
        "p",
        { class: "muted" },
        `${more.pairRights(words.rights[rights])} · ${words.pairExpires(formatClock(new Date(expiresAt)))}`,
      ),
      h("p", null, words.pairHint),
      CopyLine(url),
    ];
  });
}
