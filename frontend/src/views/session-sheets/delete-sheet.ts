/** Asks before a session goes for good: what will go, what stays, and a button that names the count. */

import type { SessionSummary } from "../../api/types.ts";
import { h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { openSessionId, replace } from "../../state/navigation.ts";
import { readDraft } from "../../state/outbox/drafts.ts";
import { isAtWork } from "../../state/session/turns.ts";
import { deleteSession } from "../../state/sessions/session-actions.ts";
import { text } from "../../text/en.ts";
import { sessionActions as words } from "../../text/en-session.ts";
import { showBar } from "../frame/bars.ts";

/** Opens the sheet; once the session is gone, whoever looks at it is back at the list. */
export function openDeleteSheet(summary: SessionSummary): void {
  const title = summary.title ?? text.sessions.untitled;
  openSheet({
    title: words.deleteTitle,
    anchor: null,
    content: (close) => {
      const problem = signal<string | null>(null);
      const isDeleting = signal(false);
      const act = async () => {
        if (isDeleting.peek()) return;
        isDeleting.value = true;
        const failure = await deleteSession(summary.id);
        isDeleting.value = false;
        if (failure !== null) {
          problem.value = text.failure(failure, machineName());
          return;
        }
        // What was being written is not the session's to take: the screen of the session that is gone still has it.
        if (openSessionId() === summary.id && readDraft(summary.id) === null) replace("/");
        else close();
        showBar({ sentence: words.deleted(title) });
      };
      return [
        h(
          "div",
          { class: "delete-words" },
          whatGoes(summary, title).map((sentence) => h("p", { dir: "auto" }, sentence)),
        ),
        h("p", { class: "field-problem delete-problem", role: "alert" }, () => problem.value),
        h(
          "div",
          { class: "delete-buttons" },
          h("button", { type: "button", class: "button", onclick: close }, text.cancel),
          h(
            "button",
            {
              type: "button",
              class: "button button-danger",
              "aria-disabled": () => (isDeleting.value ? "true" : null),
              onclick: () => void act(),
            },
            () => (isDeleting.value ? words.deleting : words.deleteButton(1)),
          ),
        ),
      ];
    },
  });
}

function whatGoes({ state, queue }: SessionSummary, title: string): readonly string[] {
  const isBusy = state !== undefined && isAtWork(state);
  return [
    words.deleteWords(title, machineName()),
    ...(isBusy ? [words.deleteRunning] : []),
    ...(queue.length > 0 ? [words.deleteQueue(queue.length)] : []),
  ];
}
