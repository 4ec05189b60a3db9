/** On a phone, a swipe to the right in a session brings the sessions in from the left, under the finger. */

import { isWide } from "../../lib/browser/viewport.ts";
import { h } from "../../lib/dom.ts";
import { onSwipe } from "../../lib/gestures.ts";
import { type Owned, owned } from "../../lib/signal.ts";
import { openLayer, route } from "../../state/navigation.ts";
import { vibrate } from "../../state/settings.ts";
import { text } from "../../text/en.ts";
import { SessionsScreen } from "./sessions-screen.ts";

interface Drawer {
  readonly scope: Owned<HTMLDialogElement>;
  readonly width: number;
}

const openAt = 0.4;
const openSpeed = 0.4;

/** Listens on the session's pane. */
export function followDrawerSwipe(pane: HTMLElement): void {
  let drawer: Drawer | null = null;
  let wasPast = false;
  onSwipe(pane, {
    direction: "right",
    canBegin: () => !isWide.peek() && route.peek().screen === "session",
    move(x) {
      drawer ??= show();
      const share = Math.max(0, Math.min(1, x / drawer.width));
      place(drawer, share);
      if (share >= openAt && !wasPast) vibrate(8);
      wasPast = share >= openAt;
    },
    end(x, velocity) {
      if (drawer === null) return;
      if (x >= drawer.width * openAt || velocity >= openSpeed) settle(drawer);
      else remove(drawer);
      drawer = null;
    },
  });
}

function show(): Drawer {
  const scope = owned(() =>
    h(
      "dialog",
      { class: "drawer", "aria-label": text.sessions.title },
      h("div", { class: "drawer-panel" }, SessionsScreen("drawer")),
    ),
  );
  const dialog = scope.value;
  document.body.append(dialog);
  dialog.showModal();
  return { scope, width: dialog.querySelector<HTMLElement>(".drawer-panel")?.offsetWidth ?? 1 };
}

function place({ scope }: Drawer, share: number): void {
  scope.value.style.setProperty("--drawer-share", String(share));
}

/** Open now: its history entry, and Back, the scrim or Escape closes it. */
function settle(drawer: Drawer): void {
  const dialog = drawer.scope.value;
  dialog.toggleAttribute("data-settled", true);
  place(drawer, 1);
  const close = openLayer(() => remove(drawer));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) close();
  });
}

function remove({ scope }: Drawer): void {
  scope.value.close();
  scope.value.remove();
  scope.dispose();
}
