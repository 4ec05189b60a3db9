/** The frame: which screens stand side by side, and which one the address names. */
import { type Child, h, when } from "../../lib/dom.ts";
import { liveRegions } from "../../lib/live-region.ts";
import { computed, effect, onCleanup, untracked } from "../../lib/signal.ts";
import { isWide } from "../../lib/viewport.ts";
import { access, loadDevice, machineName } from "../../state/device.ts";
import { hasNoModel } from "../../state/models.ts";
import { openSessionId, replace, route } from "../../state/navigation.ts";
import { isPaneHidden } from "../../state/panes.ts";
import { isListLoaded, sessionCount } from "../../state/session-list.ts";
import { text } from "../../text/en.ts";
import { Mark } from "../mark.ts";
import { openNewSession } from "../sessions/new-session-sheet.ts";
import { followDrawerSwipe } from "../sessions/sessions-drawer.ts";
import { SessionsScreen } from "../sessions/sessions-screen.ts";
import { Bars } from "./bars.ts";
import { focusTitle } from "./header.ts";
import { Loaded } from "./loaded.ts";
import { PaneDivider } from "./pane-divider.ts";
import { Waiting } from "./waiting.ts";

type Place = "sessions" | "session" | "review" | "settings";

/** What stands in the wide part: one key per screen, so that a screen stays while only a part of its address changes. */
const mainKey = computed(() => {
  const open = route.value;
  if (open.screen === "session" || open.screen === "review") return `session ${open.sessionId}`;
  if (open.screen === "settings") return `settings ${open.section ?? ""}`;
  return "none";
});
const reviewKey = computed(() => {
  const open = route.value;
  return open.screen === "review" ? `${open.sessionId} ${open.turnId ?? ""}` : "";
});
const place = computed((): Place => {
  const { screen } = route.value;
  return screen === "new" || screen === "pair" ? "sessions" : screen;
});
/** Nothing can work yet, and nothing has. */
const isFirstRun = computed(
  () =>
    hasNoModel.value && isListLoaded.value && sessionCount.value === 0 && route.value.screen === "sessions",
);
const retryMs = 5000;

/** Everything on the page. */
export function AppFrame(): HTMLElement {
  return h("div", { class: "app-frame" }, liveRegions(), (): Child => {
    switch (access.value.state) {
      case "unknown":
        return h("main", { class: "alone" }, Waiting(text.pairing.waiting(machineName())));
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
  // A link to pair with is of no use to who is in already.
  if (route.peek().screen === "pair") replace("/");
  followNewSession();
  const isHome = computed(() => place.value === "sessions");
  const hasList = computed(() => !isFirstRun.value && (isWide.value || isHome.value));
  const main = h(
    "main",
    { class: "main-pane", id: "main", hidden: () => !isWide.value && hasList.value },
    MainScreen,
  );
  followLeaving();
  followDrawerSwipe(main);
  return h(
    "div",
    {
      class: "panes",
      "data-place": () => place.value,
      "data-nav": () => (isFirstRun.value ? "none" : isPaneHidden.value ? "hidden" : "shown"),
    },
    when(
      () => isWide.value && hasList.value,
      () => h("a", { class: "skip-link", href: "#main", onclick: skip }, text.skipToContent),
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
    when(() => reviewKey.value !== "", WorkPane),
    Bars(),
  );
}

function FirstRunScreen(): Child {
  return Loaded(async () => (await import("../first-run.ts")).FirstRun);
}

function MainScreen(): Child {
  const key = mainKey.value;
  const open = route.peek();
  if (key === "none") return when(() => isFirstRun.value, FirstRunScreen, Nothing);
  if (open.screen === "settings") {
    const { section } = open;
    return Loaded(async () => {
      const { SettingsScreen } = await import("../settings/settings-screen.ts");
      return () => SettingsScreen(section);
    }, announceScreen);
  }
  if (open.screen !== "session" && open.screen !== "review") return null;
  const { sessionId } = open;
  return Loaded(async () => {
    const { SessionScreen } = await import("../session/session-screen.ts");
    return () => SessionScreen(sessionId);
  }, announceScreen);
}

function Nothing(): HTMLElement {
  return h(
    "div",
    { class: "nothing-open" },
    Mark(40, () => false),
    h("p", { class: "muted" }, text.sessions.choose),
  );
}

function WorkPane(): Child {
  return h("aside", { class: "work-pane", "aria-label": text.sessions.review }, PaneDivider(), (): Child => {
    const [sessionId, turnId] = reviewKey.value.split(" ");
    if (sessionId === undefined || turnId === undefined) return null;
    return Loaded(async () => {
      const { ReviewScreen } = await import("../review/review-screen.ts");
      return () => ReviewScreen(sessionId, turnId);
    });
  });
}

/** `/new` is a sheet over the sessions, with an address of its own. */
function followNewSession(): void {
  let close: (() => void) | null = null;
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

/** A screen that opens says where one is: its heading gets the focus, never a field. */
function announceScreen(screen: HTMLElement): void {
  if (document.querySelector("dialog[open]") === null) focusTitle(screen);
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
  const field = document.querySelector<HTMLElement>(".main-pane textarea, .main-pane h1, .nav-pane h1");
  field?.focus();
}
