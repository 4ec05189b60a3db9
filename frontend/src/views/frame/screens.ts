/** The screens of the wide part, each fetched when it is first wanted, and which one the address names. */
import { type Child, h, when } from "../../lib/dom.ts";
import { computed, type ReadonlySignal } from "../../lib/signal.ts";
import { hasNoModel } from "../../state/models.ts";
import { route } from "../../state/navigation.ts";
import { isListLoaded, sessionCount, summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { Mark } from "../mark.ts";
import { focusTitle, Header } from "./header.ts";
import { Loaded, type LoadedOptions } from "./loaded.ts";
import { PaneDivider } from "./pane-divider.ts";

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
export const isReviewOpen: ReadonlySignal<boolean> = computed(() => reviewKey.value !== "");
/** Nothing can work yet, and nothing has. */
export const isFirstRun: ReadonlySignal<boolean> = computed(
  () =>
    hasNoModel.value && isListLoaded.value && sessionCount.value === 0 && route.value.screen === "sessions",
);

const whileLoading = framed(() => text.appName);
const asScreen: LoadedOptions = { ...whileLoading, onShown: announceScreen };

function framed(title: () => string): LoadedOptions {
  return { frame: (words) => h("div", null, Header({ title, start: "back" }), words) };
}

function FirstRunScreen(): Child {
  return Loaded(async () => (await import("../first-run.ts")).FirstRun);
}

/** The screen that the address names, in the wide part. */
export function MainScreen(): Child {
  const key = mainKey.value;
  const open = route.peek();
  if (key === "none") return when(() => isFirstRun.value, FirstRunScreen, Nothing);
  if (open.screen === "settings") {
    const { section } = open;
    return Loaded(async () => {
      const { SettingsScreen } = await import("../settings/settings-screen.ts");
      return () => SettingsScreen(section);
    }, asScreen);
  }
  if (open.screen !== "session" && open.screen !== "review") return null;
  const { sessionId } = open;
  return Loaded(
    async () => {
      const { SessionScreen } = await import("../session/session-screen.ts");
      return () => SessionScreen(sessionId);
    },
    { ...asScreen, ...framed(() => summaryOf(sessionId)?.title ?? text.appName) },
  );
}

function Nothing(): HTMLElement {
  return h(
    "div",
    { class: "nothing-open" },
    Mark(40, () => false),
    () => (sessionCount.value === 0 ? null : h("p", { class: "muted" }, text.sessions.choose)),
  );
}

/** The review, over the session or beside it. */
export function WorkPane(): Child {
  return h("aside", { class: "work-pane", "aria-label": text.sessions.review }, PaneDivider(), (): Child => {
    const [sessionId, turnId] = reviewKey.value.split(" ");
    if (sessionId === undefined || turnId === undefined) return null;
    return Loaded(async () => {
      const { ReviewScreen } = await import("../review/review-screen.ts");
      return () => ReviewScreen(sessionId, turnId);
    }, whileLoading);
  });
}

/** A screen that opens says where one is: its heading gets the focus, never a field. */
function announceScreen(screen: HTMLElement): void {
  if (document.querySelector("dialog[open]") === null) focusTitle(screen);
}
