/** The ways to sign in with GitHub, where the machine has any: its own page, a code to type there, a pasted token. */
import { type Child, h } from "../../lib/dom.ts";
import { computed, effect, onCleanup, signal, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import {
  deviceFlow,
  pauseDeviceFlow,
  resumeDeviceFlow,
  startDeviceFlow,
} from "../../state/access/device-flow.ts";
import { loadSignInWays, refusedSignIn, type SignInProblem, signInWays } from "../../state/access/sign-in.ts";
import { replace } from "../../state/navigation.ts";
import { signInProblem, signIn as words } from "../../text/en-access.ts";
import { DeviceFlowPanel } from "./device-flow-panel.ts";
import { TokenForm } from "./token-form.ts";
import { WebLink } from "./web-link.ts";

interface SignInOptions {
  /** Called once somebody is signed in, by a way that stays on this page. */
  readonly onDone: () => void;
  /** The first way's words; by default those of a second way in. */
  readonly label?: string;
  /** Where the web flow comes back to; absent: `/`. */
  readonly next?: string;
  /** The web flow in a tab of its own, so that what waits here is kept. */
  readonly isBeside?: boolean;
}

/** Nothing where there is no way. Takes up a device flow that is under way, and says why the web flow was refused. */
export function SignIn(options: SignInOptions): HTMLElement {
  onCleanup(loadSignInWays());
  resumeDeviceFlow();
  onCleanup(pauseDeviceFlow);
  const isPasting = signal(false);
  const paste = (isOn: boolean) => () => {
    isPasting.value = isOn;
  };
  const refused = takeRefusal();
  effect(() => {
    if (deviceFlow.value.phase === "done") untracked(options.onDone);
  });
  const isFlowing = computed(() => deviceFlow.value.phase !== "none" && deviceFlow.value.phase !== "done");
  const element = h("div", { class: "sign-in" }, (): Child => {
    if (isFlowing.value) return untracked(DeviceFlowPanel);
    if (isPasting.value) return untracked(() => TokenForm(options.onDone, paste(false)));
    return [refused === null ? null : Problem(refused), Ways(options, paste(true))];
  });
  let isFirst = true;
  effect(() => {
    // One way in the place of another: the focus goes along.
    const isAny = isFlowing.value || isPasting.value;
    if (!isFirst) queueMicrotask(() => focusIn(element, isAny));
    isFirst = false;
  });
  return element;
}

/** Why the web flow was refused, said once: a reload begins without it. */
function takeRefusal(): SignInProblem | null {
  const refused = refusedSignIn();
  if (refused !== null && location.pathname === "/pair") queueMicrotask(() => replace("/pair"));
  return refused;
}

function focusIn(element: HTMLElement, isInside: boolean): void {
  element.querySelector<HTMLElement>(isInside ? "input, [tabindex]" : "a, button")?.focus();
}

/** Why nobody was signed in, in words. */
export function Problem(problem: SignInProblem): HTMLElement {
  return h("p", { class: "field-problem", role: "alert" }, signInProblem(problem, machineName()));
}

function Ways(options: SignInOptions, paste: () => void): Child {
  const ways = signInWays.value;
  if (ways === null) return null;
  const first = options.label ?? words.instead;
  return [
    ways.web ? WebLink({ label: first, ...options }) : null,
    ways.device
      ? h(
          "button",
          {
            type: "button",
            class: ways.web ? "button button-quiet" : "button",
            onclick: () => void startDeviceFlow(),
          },
          ways.web ? words.withCode : first,
        )
      : null,
    ways.token
      ? h("button", { type: "button", class: "button button-quiet", onclick: paste }, words.useToken)
      : null,
  ];
}
