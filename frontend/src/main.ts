/** The page's entry: follows the address, the settings and the viewport, asks who this device is, and draws the frame. */
import { onProofNeeded } from "./api/client.ts";
import { prepareSheets } from "./lib/sheet.ts";
import { effect, owned } from "./lib/signal.ts";
import { followViewport } from "./lib/viewport.ts";
import { access, followSignOut, loadDevice } from "./state/access/device.ts";
import { connect, disconnect } from "./state/connection.ts";
import { loadModels } from "./state/models.ts";
import { go, openLayer, route, startNavigation } from "./state/navigation.ts";
import { followPageVersion } from "./state/page-update.ts";
import { startOutbox, stopOutbox } from "./state/session/outbox.ts";
import { forgetSessions, needsYouCount } from "./state/session-list.ts";
import { applySettings } from "./state/settings.ts";
import { text } from "./text/en.ts";
import { announceNeedsYou } from "./views/frame/announcements.ts";
import { AppFrame } from "./views/frame/app-frame.ts";
import { followKeys } from "./views/frame/keys.ts";

startNavigation();
applySettings();
followViewport();
followSignOut();
// A part that cannot be fetched shows nothing: then the call is refused, and says so.
onProofNeeded(() =>
  import("./views/proof-sheet.ts").then(({ askForProof }) => askForProof()).catch(() => false),
);
prepareSheets({ openLayer, closeLabel: text.close });
followKeys();
announceNeedsYou();
followPageVersion();

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
    if (state === "revoked") forgetSessions();
    stopOutbox();
    return disconnect();
  }
  connect();
  startOutbox();
  void loadModels();
});

effect(() => {
  const count = needsYouCount.value;
  document.title = count > 0 ? `(${count}) ${text.appName}` : text.appName;
  document
    .querySelector('link[rel="icon"]')
    ?.setAttribute("href", count > 0 ? "/icon.svg" : "/icon-unlit.svg");
});

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app.");
root.append(owned(AppFrame).value);

// What is likely wanted next: once the list has stood for a while, so that nothing that is waited for comes later.
const settledMs = 2_000;
const whenIdle = globalThis.requestIdleCallback ?? setTimeout;
setTimeout(() => whenIdle(prepareSession), settledMs);

function prepareSession(): void {
  // Not now is not never: opening a session asks again.
  if (access.peek().state === "paired")
    void import("./views/session/session-screen.ts").catch(() => undefined);
}
