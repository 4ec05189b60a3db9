/** The page's entry: follows the address, the settings and the viewport, asks who this device is, and draws the frame. */

import { onProofNeeded } from "./api/client.ts";
import { whenIdle } from "./lib/browser/idle.ts";
import { withStyles } from "./lib/browser/later-styles.ts";
import { followViewport } from "./lib/browser/viewport.ts";
import { prepareSheets } from "./lib/sheet.ts";
import { effect, owned } from "./lib/signal.ts";
import { access, device, followSignOut, loadDevice } from "./state/access/device.ts";
import { connect, disconnect } from "./state/connection.ts";
import { followDiskRoom } from "./state/disk-room.ts";
import { loadModels } from "./state/models.ts";
import { go, openLayer, route, startNavigation } from "./state/navigation.ts";
import { startOutbox, stopOutbox } from "./state/outbox/outbox.ts";
import { checkPageVersion, followPageVersion } from "./state/page-update.ts";
import { registerPageWorker } from "./state/page-worker.ts";
import { forgetEverySession } from "./state/sessions/forget-sessions.ts";
import { isListLoaded, needsYouCount } from "./state/sessions/session-list.ts";
import { applySettings } from "./state/settings.ts";
import { text } from "./text/en.ts";
import { announceHandedBack, announceNeedsYou } from "./views/frame/announcements.ts";
import { AppFrame } from "./views/frame/app-frame.ts";
import { followKeys } from "./views/frame/keys.ts";

startNavigation();
applySettings();
followViewport();
followSignOut();
followDiskRoom();
// A part that cannot be fetched shows nothing: then the call is refused, and says so.
onProofNeeded(() =>
  withStyles(import("./views/proof-sheet.ts"))
    .then(({ askForProof }) => askForProof())
    .catch(() => false),
);
prepareSheets({ openLayer, closeLabel: text.close });
followKeys();
announceNeedsYou();
announceHandedBack();
followPageVersion();

/** Opening without a network is for the next time. */
const workerMs = 4_000;

effect(() => {
  // The trust page is also served where nothing else answers: before the machine's certificate is trusted.
  if (route.value.screen !== "trust" && access.peek().state === "unknown") void loadDevice();
});

effect(() => {
  // What lies open over a page that is signed out goes with it.
  if (access.value.state === "revoked" || access.value.state === "not_paired")
    go(location.pathname + location.search);
});

effect(() => {
  const { state } = access.value;
  if (state !== "paired") {
    // What the machine once said goes with the right to ask it.
    if (state === "revoked" || state === "not_paired") forgetEverySession();
    stopOutbox();
    return disconnect();
  }
  connect();
  startOutbox(device.peek()?.id ?? null);
  void loadModels();
  setTimeout(() => whenIdle(() => void registerPageWorker(checkPageVersion)), workerMs);
});

const icon = document.querySelector('link[rel="icon"]');
const restingIcon = icon?.getAttribute("href") ?? "";
effect(() => {
  const count = needsYouCount.value;
  document.title = count > 0 ? `(${count}) ${text.appName}` : text.appName;
  const address = count > 0 ? "/icon.svg" : restingIcon;
  // Named once more, it would be fetched once more.
  if (icon?.getAttribute("href") !== address) icon?.setAttribute("href", address);
});

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app.");
// In the place of what index.html shows until then.
root.replaceChildren(owned(AppFrame).value);

// What is likely wanted next: once the list has stood for a while, so that nothing that is waited for comes later.
const settledMs = 2_000;
effect(() => {
  if (isListLoaded.value) setTimeout(() => whenIdle(prepareSession), settledMs);
});

function prepareSession(): void {
  // Not now is not never: opening a session asks again.
  void withStyles(import("./views/session/session-screen.ts")).catch(() => undefined);
}
