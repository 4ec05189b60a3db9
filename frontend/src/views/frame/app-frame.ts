/** The frame: which screens stand side by side, and which one the address names. */

import { isWide, viewportWidth } from "../../lib/browser/viewport.ts";
import { type Child, h, when } from "../../lib/dom.ts";
import { liveRegions } from "../../lib/live-region.ts";
import { computed, effect, onCleanup, untracked } from "../../lib/signal.ts";
import { access, loadDevice, machineName } from "../../state/access/device.ts";
import { connection } from "../../state/connection.ts";
import { openSessionId, replace, route } from "../../state/navigation.ts";
import { isPaneHidden } from "../../state/panes.ts";
import { text } from "../../text/en.ts";
import { Mark } from "../mark.ts";
import { openNewSession } from "../sessions/new-session-sheet.ts";
import { followDrawerSwipe } from "../sessions/sessions-drawer.ts";
import { SessionsScreen } from "../sessions/sessions-screen.ts";
import { Bars, isBarShown } from "./bars.ts";
import { Loaded } from "./loaded.ts";
import { isFirstRun, isReviewOpen, MainScreen, WorkPane } from "./screens.ts";
import { Waiting } from "./waiting.ts";

type Place = "sessions" | "session" | "review" | "settings";

const isTrust = computed(() => route.value.screen === "trust");
const place = computed((): Place => {
  const { screen } = route.value;
  return screen === "new" || screen === "pair" || screen === "trust" ? "sessions" : screen;
});
/** From here on the work pane stands beside the session; before, it lies over it. */
const deskFrom = 1024;
const isMainCovered = computed(() => isReviewOpen.value && viewportWidth.value < deskFrom);
const retryMs = 5000;

/** Everything on the page. */
export function AppFrame(): HTMLElement {
  return h("div", { class: "app-frame" }, liveRegions(), (): Child => {
    if (isTrust.value)
      return h(
        "main",
        { class: "alone" },
        Loaded(async () => (await import("../trust-screen.ts")).TrustScreen),
      );
    switch (access.value.state) {
      case "unknown":
        return h("main", { class: "alone" }, NameOnly(), Waiting(text.pairing.waiting(machineName())));
      case "unreachable":
        return untracked(Unreachable);
      case "not_paired":
      case "revoked":
        return h(
          "main",
          { class: "alone" },
          Loaded(async () => (await import("../pairing-screen.ts")).PairingScreen),
        );
      case "paired":
        return untracked(Panes);
    }
  });
}

/** As index.html shows it: nothing jumps while it is asked who this device is. */
function NameOnly(): HTMLElement {
  return h(
    "div",
    { class: "header sessions-header" },
    Mark(28, () => false),
    h("span", { class: "wordmark" }, text.appName),
  );
}

function Unreachable(): Child {
  const timer = setInterval(() => void loadDevice(), retryMs);
  onCleanup(() => clearInterval(timer));
  return h(
    "main",
    { class: "alone" },
    h("p", null, text.pairing.unreachable(machineName())),
    h(
      "button",
      { type: "button", class: "button", onclick: () => void loadDevice() },
      text.connection.tryNow,
    ),
  );
}

function Panes(): Child {
  // A link to pair with is of no use to who is in already; why a sign-in was refused still is.
  if (route.peek().screen === "pair")
    replace(location.search.includes("refused=") ? `/settings/github${location.search}` : "/");
  followNewSession();
  const isHome = computed(() => place.value === "sessions");
  const hasList = computed(() => !isFirstRun.value && (isWide.value || isHome.value));
  const main = h(
    "main",
    {
      class: "main-pane",
      id: "main",
      hidden: () => !isWide.value && hasList.value,
      inert: () => isMainCovered.value,
    },
    MainScreen,
  );
  followLeaving();
  followDrawerSwipe(main);
  return h(
    "div",
    {
      class: "panes",
      "data-place": () => place.value,
      "data-heard": () => connection.value !== "offline" && connection.value !== "crowded",
      "data-work": () => isReviewOpen.value,
      "data-bar": () => isBarShown.value,
      // On its own screen the list is what there is to see, put away or not.
      "data-nav": () =>
        isFirstRun.value ? "none" : isPaneHidden.value && !isHome.value ? "hidden" : "shown",
    },
    when(
      () => !isMainCovered.value && (openSessionId() !== null || (isWide.value && hasList.value)),
      SkipLink,
    ),
    h(
      "div",
      {
        class: "nav-pane",
        // Where it is the only thing to see, it is the page's main part.
        role: () => (!isWide.value && isHome.value ? "main" : "navigation"),
        "aria-label": text.sessions.title,
        hidden: () => !hasList.value,
      },
      SessionsScreen(),
    ),
    main,
    when(() => isReviewOpen.value, WorkPane),
    Bars(),
  );
}

function SkipLink(): HTMLElement {
  return h("a", { class: "skip-link", href: "#main", onclick: skip }, () =>
    openSessionId() === null ? text.skipToContent : text.skipToComposer,
  );
}

/** `/new` is a sheet over the sessions, with an address of its own. */
function followNewSession(): void {
  let close: (() => void) | null = null;
  // Signed out, it goes with what it lies over.
  onCleanup(() => close?.());
  effect(() => {
    const isNew = route.value.screen === "new";
    untracked(() => {
      if (isNew && close === null) close = openNewSession();
      if (!isNew) {
        close?.();
        close = null;
      }
    });
  });
}

/** Back in the list, the focus is on the row that had been opened. */
function followLeaving(): void {
  let last: string | null = null;
  effect(() => {
    const sessionId = openSessionId();
    if (sessionId === null && last !== null) {
      const row = document.querySelector<HTMLElement>(`.nav-pane [href="/s/${CSS.escape(last)}"]`);
      queueMicrotask(() => row?.focus({ preventScroll: true }));
    }
    last = sessionId;
  });
}

function skip(event: Event): void {
  event.preventDefault();
  // One after the other: a list of selectors finds what comes first in the page.
  for (const target of [".main-pane textarea", ".main-pane h1", ".nav-pane h1"]) {
    const found = document.querySelector<HTMLElement>(target);
    if (found !== null) return found.focus();
  }
}
