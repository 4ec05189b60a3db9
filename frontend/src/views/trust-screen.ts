/** `/trust`: how a device comes to trust this machine's certificate, step by step, its own system first. */

import { type System, thisSystem } from "../lib/browser/this-device.ts";
import { type Child, h } from "../lib/dom.ts";
import { signal } from "../lib/signal.ts";
import { access, machineName } from "../state/access/device.ts";
import { readTrust, type Trust } from "../state/access/reach.ts";
import { go } from "../state/navigation.ts";
import { text } from "../text/en.ts";
import { reach, trust as words } from "../text/en-access.ts";
import { CopyLine } from "./copy-line.ts";
import { Header } from "./frame/header.ts";
import { Waiting } from "./frame/waiting.ts";
import { Mark } from "./mark.ts";

const systems: readonly System[] = ["ios", "android", "macos", "windows", "linux"];

/** The screen; anybody who reaches the machine may see it. */
export function TrustScreen(): HTMLElement {
  const known = signal<Trust | "none" | "loading" | "unreachable">("loading");
  const load = async () => {
    known.value = "loading";
    const outcome = await readTrust();
    known.value = outcome.ok ? (outcome.data ?? "none") : "unreachable";
  };
  void load();
  return h(
    "div",
    { class: "trust-screen" },
    () => (access.value.state === "paired" ? Header({ title: () => reach.trustThis, start: "back" }) : null),
    h(
      "div",
      { class: "trust-column" },
      () => (access.value.state === "paired" ? null : Mark(40, () => false)),
      h("h1", { class: "screen-title" }, () => words.title(machineName())),
      (): Child => {
        const found = known.value;
        if (found === "loading") return Waiting(words.loading);
        if (found === "unreachable") return Unreachable(() => void load());
        return found === "none" ? None() : Steps(found);
      },
    ),
  );
}

function Unreachable(retry: () => void): Child {
  return [
    h("p", null, text.pairing.unreachable(machineName())),
    h("button", { type: "button", class: "button", onclick: retry }, text.connection.tryNow),
  ];
}

function None(): Child {
  return [h("p", null, words.none), CopyLine(reach.httpsCommand)];
}

function Steps({ fingerprint }: Trust): Child {
  const own = thisSystem();
  return [
    h("p", null, words.why(machineName())),
    // Compared before anything is installed.
    h(
      "section",
      { class: "trust-part" },
      h("h2", { class: "section-title" }, words.fingerprint),
      h("p", { class: "fingerprint" }, h("code", null, inGroups(fingerprint))),
      h("p", { class: "muted" }, words.compare),
    ),
    OwnSteps(own),
    h("section", { class: "trust-part" }, h("h2", { class: "section-title" }, words.last), OpenSecure()),
    h("h2", { class: "section-title" }, words.others),
    h(
      "div",
      { class: "trust-others" },
      systems
        .filter((system) => system !== own)
        .map((system) =>
          h("details", null, h("summary", null, words.systems[system].name), StepList(system)),
        ),
    ),
  ];
}

/** It breaks only after every eighth byte, so that lines can be compared. */
function inGroups(fingerprint: string): Child {
  const groups = fingerprint.match(/(?:[^:]+:?){1,8}/g) ?? [fingerprint];
  return groups.map((group) => h("span", null, group));
}

function OwnSteps(system: System): HTMLElement {
  return h(
    "section",
    { class: "trust-part" },
    h("h2", { class: "trust-system" }, words.systems[system].name),
    StepList(system),
  );
}

function StepList(system: System): Child {
  const isProfile = system === "ios";
  return [
    h(
      "ol",
      { class: "step-list" },
      words.systems[system].steps.map((step) => h("li", null, step)),
    ),
    h(
      "a",
      {
        class: "button",
        href: isProfile ? "/trust/ca.mobileconfig" : "/trust/ca.crt",
        download: isProfile ? null : "voxpilot-ca.crt",
      },
      isProfile ? words.downloadProfile : words.download,
    ),
  ];
}

/** From plain http the page cannot go on: nothing else is answered there. */
function OpenSecure(): HTMLElement {
  if (location.protocol === "http:") {
    const address = `https://${location.host}`;
    return h("a", { class: "button button-primary", href: `${address}/pair` }, words.openOver(address));
  }
  return h(
    "a",
    {
      class: "button button-primary",
      href: "/",
      onclick: (event) => {
        event.preventDefault();
        go("/");
      },
    },
    words.openOver(text.appName),
  );
}
