/** GitHub's device flow: the code to type there, how long it holds, and what became of it. */

import { copyText } from "../../lib/browser/copy.ts";
import { seconds } from "../../lib/clock.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatElapsed } from "../../lib/format.ts";
import { computed, signal, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { cancelDeviceFlow, deviceFlow, startDeviceFlow } from "../../state/access/device-flow.ts";
import type { SignInProblem } from "../../state/access/sign-in.ts";
import { text } from "../../text/en.ts";
import { signInProblem, signIn as words } from "../../text/en-access.ts";
import { Waiting } from "../frame/waiting.ts";

/** After these a new code may do; after the others nothing changes by trying. */
const worthNewCode: ReadonlySet<string> = new Set(["expired", "denied", "not_allowed", "flow_not_found"]);

/** Follows the flow from its start to its end. */
export function DeviceFlowPanel(): HTMLElement {
  const userCode = computed(() => (deviceFlow.value.phase === "waiting" ? deviceFlow.value.userCode : null));
  return h("div", { class: "device-flow", tabindex: -1 }, (): Child => {
    if (userCode.value !== null) return untracked(Code);
    const flow = deviceFlow.value;
    return flow.phase === "failed" ? Failed(flow.problem) : Waiting(words.starting);
  });
}

function Code(): Child {
  const flow = deviceFlow.peek();
  if (flow.phase !== "waiting") return null;
  const { userCode, verificationUri, expiresAt } = flow;
  const place = placeOf(verificationUri);
  return [
    h("p", null, words.typeThis(place)),
    h("p", { class: "pair-code device-code" }, userCode),
    h("div", { class: "button-row" }, CopyButton(userCode), OpenLink(verificationUri, place)),
    h("p", { class: "muted numbers" }, () => words.goodFor(formatElapsed(expiresAt - seconds.value))),
    h("p", { class: "field-problem", role: "status" }, () =>
      deviceFlow.value.phase === "waiting" && !deviceFlow.value.isHeard
        ? words.notHeard(machineName())
        : null,
    ),
    h("button", { type: "button", class: "button button-quiet", onclick: cancelDeviceFlow }, words.cancel),
  ];
}

function CopyButton(code: string): HTMLElement {
  const label = signal<string>(words.copyCode);
  const copy = async () => {
    label.value = (await copyText(code)) ? text.copied : text.notCopied;
    setTimeout(() => {
      label.value = words.copyCode;
    }, 2000);
  };
  return h(
    "button",
    { type: "button", class: "button", onclick: () => void copy() },
    h("span", { "aria-live": "polite" }, () => label.value),
  );
}

/** Only a web address is opened, whatever the other side says. */
function OpenLink(address: string, place: string): Child {
  if (!/^https?:\/\//.test(address)) return null;
  return h(
    "a",
    { class: "button button-primary", href: address, target: "_blank", rel: "noopener noreferrer" },
    words.open(place),
  );
}

function Failed(problem: SignInProblem): Child {
  return [
    h("p", { class: "field-problem", role: "alert" }, signInProblem(problem, machineName())),
    h(
      "div",
      { class: "button-row" },
      h(
        "button",
        { type: "button", class: "button", onclick: () => void startDeviceFlow() },
        worthNewCode.has(problem.code) ? words.newCode : words.tryAgain,
      ),
      h("button", { type: "button", class: "button button-quiet", onclick: cancelDeviceFlow }, words.cancel),
    ),
  ];
}

/** `github.com/login/device` of `https://github.com/login/device`. */
function placeOf(address: string): string {
  return address.replace(/^https?:\/\//, "").replace(/\/$/, "");
}
