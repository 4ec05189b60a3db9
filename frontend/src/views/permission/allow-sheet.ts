/** The sheet behind *Allow…*: how long exactly this may run again without asking. */
import type { GrantScope } from "../../api/types.ts";
import { h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { submitDecision } from "../../state/outbox/outbox.ts";
import { vibrate } from "../../state/settings.ts";
import { subjectName, permission as words } from "../../text/en-permission.ts";
import type { Question } from "./question.ts";
import { settled } from "./settled.ts";
import { visibleText } from "./visible-text.ts";

const inertMs = 500;

/** Opens the sheet; a choice decides the question. */
export function openAllowSheet(sessionId: string, request: Question, anchor: HTMLElement): void {
  openSheet({
    title: words.sheetTitle,
    anchor,
    content: (close) => {
      const { isSettled } = settled(inertMs);
      const choose = (scope: GrantScope) => (event: Event) => {
        if (!event.isTrusted || !isSettled.peek()) return;
        vibrate(10);
        submitDecision(sessionId, request, { kind: "allow_always", grant: scope });
        close();
      };
      const row = (scope: GrantScope, name: string, detail: string) =>
        h(
          "li",
          null,
          h(
            "button",
            {
              type: "button",
              class: "option-row",
              "aria-disabled": () => !isSettled.value,
              onclick: choose(scope),
            },
            h(
              "span",
              { class: "option-words" },
              h("span", { class: "option-name" }, name),
              h("span", { class: "option-line" }, detail),
            ),
          ),
        );
      return h(
        "div",
        { class: "allow-sheet" },
        h("p", { class: "muted" }, words.exactly),
        h(
          "pre",
          { class: "permission-text", tabindex: 0 },
          h("code", null, visibleText(subjectName(request.subject))),
        ),
        h(
          "ul",
          { class: "option-list" },
          row("turn", words.thisTurn, words.thisTurnDetail),
          row("session", words.thisSession, words.thisSessionDetail),
        ),
      );
    },
  });
}
