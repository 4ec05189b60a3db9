/** Reach: the addresses of this machine, whether they are encrypted, and what this device is missing at this one. */
import type { MachineReach } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { QrCode } from "../../lib/qr.ts";
import { openSheet } from "../../lib/sheet.ts";
import { signal } from "../../lib/signal.ts";
import { device, machineName } from "../../state/access/device.ts";
import { type Ability, browserFacts, lacks, loadReach, reach } from "../../state/access/reach.ts";
import { go } from "../../state/navigation.ts";
import { text } from "../../text/en.ts";
import { reach as words } from "../../text/en-access.ts";
import { CopyLine } from "../copy-line.ts";
import { Waiting } from "../frame/waiting.ts";
import { type Fact, FactList } from "./fact-list.ts";
import { NeedsFull } from "./needs-full.ts";

export function ReachSection(): HTMLElement {
  return NeedsFull(
    () => {
      const problem = signal<string | null>(null);
      void loadReach().then((failure) => {
        if (failure !== null) problem.value = text.failure(failure, machineName());
      });
      return [
        NotEncrypted(),
        (): Child => {
          if (problem.value !== null) return h("p", { class: "field-problem" }, problem.value);
          return reach.value === null
            ? Waiting(words.loading)
            : [Addresses(reach.value), HowStarted(reach.value)];
        },
        Missing(),
      ];
    },
    () => [NotEncrypted(), Missing()],
  );
}

/** One sentence and the next step, while others on the way can read along. */
function NotEncrypted(): Child {
  return () =>
    device.value?.server.notEncrypted === true
      ? h(
          "section",
          { class: "settings-part caution-part" },
          h("h2", { class: "caution" }, words.notEncryptedTitle),
          h("p", null, words.notEncrypted),
          CopyLine(words.httpsCommand),
          h("p", { class: "muted" }, words.thenTrust),
        )
      : null;
}

function Addresses({ addresses, https }: MachineReach): Child {
  return h(
    "section",
    { class: "settings-part" },
    h("h2", { class: "section-title" }, words.addresses),
    h(
      "ul",
      { class: "option-list" },
      addresses.map((address) => h("li", null, AddressRow(address))),
      https ? h("li", null, TrustRow()) : null,
    ),
  );
}

function AddressRow(address: string): HTMLElement {
  const { protocol, hostname } = new URL(address);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  const safety = isLocal ? words.local : protocol === "https:" ? words.https : words.http;
  const isOpen = !isLocal && protocol !== "https:";
  const says = h(
    "span",
    { class: "option-words" },
    h("span", { class: "option-name" }, address),
    h(
      "span",
      { class: "option-line" },
      h("span", { class: isOpen ? "caution" : null }, safety),
      address === location.origin ? ` · ${words.thisPage}` : null,
    ),
  );
  // Nobody else comes by the machine's own address, so it needs no code.
  if (isLocal) return h("div", { class: "option-row address-row" }, says);
  return h(
    "button",
    {
      type: "button",
      class: "option-row",
      "aria-haspopup": "dialog",
      "aria-label": `${words.showCode(address)}, ${safety}`,
      onclick: () => openCode(address),
    },
    says,
    icon("qr"),
  );
}

function openCode(address: string): void {
  openSheet({
    title: new URL(address).host,
    anchor: null,
    content: () =>
      h("div", { class: "pair-another" }, QrCode(address, words.showCode(address)), CopyLine(address)),
  });
}

function TrustRow(): HTMLElement {
  return h(
    "a",
    {
      class: "option-row",
      href: "/trust",
      onclick: (event) => {
        event.preventDefault();
        go("/trust");
      },
    },
    h(
      "span",
      { class: "option-words" },
      h("span", { class: "option-name" }, words.trustThis),
      h("span", { class: "option-line" }, words.trustLine),
    ),
    icon("forward"),
  );
}

function HowStarted({ lan, https, publicUrl, trustedProxies, localName }: MachineReach): HTMLElement {
  const yesNo = (value: boolean) => (value ? words.yes : words.no);
  const facts: readonly Fact[] = [
    [words.lan, yesNo(lan)],
    [words.ownHttps, yesNo(https)],
    [words.publicUrl, publicUrl ?? words.none],
    [words.proxies, trustedProxies.length === 0 ? words.none : trustedProxies.join(", ")],
    [words.localName, localName ?? words.none],
  ];
  return h(
    "section",
    { class: "settings-part" },
    h("h2", { class: "section-title" }, words.settings),
    FactList(facts),
    h("p", { class: "muted" }, words.startedHint),
  );
}

/** What this browser cannot do at this address, each with its one next step. */
function Missing(): HTMLElement {
  const missing = lacks(browserFacts());
  const names: readonly Ability[] = ["install", "notifications", "microphone"];
  return h(
    "section",
    { class: "settings-part" },
    h("h2", { class: "section-title" }, words.missing),
    FactList(names.map((name) => [words.abilities[name], unbroken(words.lacks[missing[name]])])),
  );
}

/** An option of the command line is never broken after its hyphens. */
function unbroken(sentence: string): Child {
  return sentence
    .split(/(--[a-z-]+)/)
    .map((part, index) => (index % 2 === 1 ? h("span", { class: "unbroken" }, part) : part));
}
