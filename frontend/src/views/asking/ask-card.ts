/** What the model asks: its answers as rows to tap; anything written in the composer is an answer too. */
import type { PermissionOption } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { submitDecision } from "../../state/outbox/outbox.ts";
import { vibrate } from "../../state/settings.ts";
import { asking as words } from "../../text/en-permission.ts";
import { CardFrame } from "../permission/card-frame.ts";
import { DecisionButton } from "../permission/permission-actions.ts";
import { inertMs, type PermissionCardOptions } from "../permission/permission-card.ts";
import { settled } from "../permission/settled.ts";
import { visibleLine } from "../permission/visible-text.ts";
import { choicesOf, refusalOf } from "./answers.ts";

/** The card; its rows are inert until it has stood still. */
export function AskCard(options: PermissionCardOptions, subject: { readonly question: string }): HTMLElement {
  const { sessionId, request, position, fold } = options;
  const still = settled(inertMs);
  const answer = (optionId: string) => () => {
    vibrate(10);
    submitDecision(sessionId, request, { optionId });
  };
  const isReady = () => still.isSettled.value;
  const row = ({ optionId, name }: PermissionOption): Child =>
    h(
      "li",
      null,
      DecisionButton({ label: visibleLine(name), className: "ask-option", isReady }, answer(optionId)),
    );
  const choices = choicesOf(request);
  const refusal = refusalOf(request);
  const card = CardFrame(
    { request, title: subject.question, isCompact: options.compact === true, position, fold },
    [],
    () => [
      choices.length === 0
        ? null
        : h("ul", { class: "ask-options", "aria-label": words.options }, choices.map(row)),
      refusal === null
        ? null
        : DecisionButton(
            { label: words.noAnswer, className: "ask-refusal", isReady },
            answer(refusal.optionId),
          ),
    ],
  );
  queueMicrotask(() => still.observe(card));
  return card;
}
