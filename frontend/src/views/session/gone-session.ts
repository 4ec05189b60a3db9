/** In the place of a session that the machine has not, or has no longer: the way back, and what was being written. */

import { deviceKind } from "../../lib/browser/this-device.ts";
import { isWide } from "../../lib/browser/viewport.ts";
import { type Child, h, when } from "../../lib/dom.ts";
import { machineName } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { clearDraft, newSessionDraft, readDraft, writeDraft } from "../../state/outbox/drafts.ts";
import { isPaneHidden } from "../../state/panes.ts";
import { isRemoved } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { session as words } from "../../text/en-session.ts";

/** Says whether it was deleted or never was; nothing that was typed is lost. */
export function GoneSession(sessionId: string): HTMLElement {
  return h(
    "div",
    { class: "session-trouble" },
    h("p", { role: "status" }, () =>
      isRemoved(sessionId) ? text.sessions.removed(machineName()) : words.missing,
    ),
    KeptDraft(sessionId),
    when(
      () => !isWide.value || isPaneHidden.value,
      () => h("button", { type: "button", class: "button", onclick: () => go("/") }, words.toSessions),
    ),
  );
}

function KeptDraft(sessionId: string): Child {
  const draft = readDraft(sessionId);
  if (draft === null || draft.text.trim() === "") return null;
  return [
    h("p", { class: "muted" }, text.sessions.removedDraft(text.devices[deviceKind()])),
    h("blockquote", { class: "kept-draft", dir: "auto" }, draft.text),
    h(
      "button",
      { type: "button", class: "button button-primary", onclick: () => takeAlong(sessionId, draft.text) },
      text.sessions.useDraft,
    ),
  ];
}

/** What stands in the sheet of a new session already stays there too. */
function takeAlong(sessionId: string, written: string): void {
  const there = readDraft(newSessionDraft)?.text ?? "";
  writeDraft(newSessionDraft, there === "" ? written : `${there}\n\n${written}`);
  clearDraft(sessionId);
  go("/new");
}
