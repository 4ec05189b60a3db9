/** The buttons of a question, and what stands in their place once this device has decided. */
import { h } from "../../lib/dom.ts";
import { formatClock } from "../../lib/format.ts";
import type { ReadonlySignal } from "../../lib/signal.ts";
import { dropFromOutbox, submitDecision } from "../../state/outbox/outbox.ts";
import type { DecisionItem } from "../../state/outbox/outbox-items.ts";
import { vibrate } from "../../state/settings.ts";
import { asking, decisionText, subjectName, permission as words } from "../../text/en-permission.ts";
import { HoldButton } from "../hold-button.ts";
import { openAllowSheet } from "./allow-sheet.ts";
import type { Question } from "./question.ts";

interface ActionOptions {
  readonly sessionId: string;
  readonly request: Question;
  readonly isSettled: ReadonlySignal<boolean>;
  /** The end of the thing has been on the screen. */
  readonly isSeen: ReadonlySignal<boolean>;
}

const nameLength = 40;

/** Deny · Allow… · Allow once, always in this order and place. */
export function PermissionActions(options: ActionOptions): HTMLElement {
  const { request } = options;
  const canAllowMore = !request.dangerous && request.options.some((option) => option.kind === "allow_always");
  return h(
    "div",
    { class: "permission-actions", "data-count": canAllowMore ? 3 : 2 },
    DenyButton(options),
    canAllowMore ? AllowMoreButton(options) : null,
    request.dangerous ? AllowByHoldButton(options) : AllowOnceButton(options),
  );
}

function DenyButton({ sessionId, request, isSettled }: ActionOptions): HTMLElement {
  const isReady = () => isSettled.value;
  return DecisionButton({ label: words.deny, className: "permission-deny", key: "d", isReady }, () => {
    vibrate(10);
    submitDecision(sessionId, request, { kind: "reject_once" });
  });
}

function AllowMoreButton(options: ActionOptions): HTMLElement {
  const { sessionId, request } = options;
  const look = { label: words.allow, className: "permission-more-allow", isReady: canAllow(options) };
  return DecisionButton(look, (button) => openAllowSheet(sessionId, request, button));
}

function AllowOnceButton(options: ActionOptions): HTMLElement {
  const { sessionId, request } = options;
  const look = {
    label: words.allowOnce,
    className: "button-primary permission-allow",
    key: "a",
    isReady: canAllow(options),
  };
  return DecisionButton(look, () => {
    vibrate(10);
    submitDecision(sessionId, request, { kind: "allow_once" });
  });
}

function AllowByHoldButton(options: ActionOptions): HTMLElement {
  const { sessionId, request } = options;
  return HoldButton({
    look: "button-danger",
    label: words.hold,
    confirm: words.confirm(shortName(request)),
    isReady: canAllow(options),
    act: () => submitDecision(sessionId, request, { kind: "allow_once" }),
  });
}

function canAllow({ isSettled, isSeen }: ActionOptions): () => boolean {
  return () => isSettled.value && isSeen.value;
}

interface ButtonLook {
  readonly label: string;
  readonly className: string;
  /** The letter that does the same. */
  readonly key?: string;
  readonly isReady: () => boolean;
}

/** A button that decides: inert until the card has stood still, and for a person's own press alone. */
export function DecisionButton(
  { label, className, key, isReady }: ButtonLook,
  act: (button: HTMLElement) => void,
): HTMLElement {
  const button = h(
    "button",
    {
      type: "button",
      class: `button ${className}`,
      "aria-keyshortcuts": key ?? null,
      "aria-disabled": () => !isReady(),
      // A decision is a person's: a script's click is none.
      onclick: (event) => {
        if (event.isTrusted && isReady()) act(button);
      },
    },
    label,
  );
  return button;
}

/** In place of the buttons, and as high as they are. */
export function PermissionReceipt(item: DecisionItem): HTMLElement {
  return h(
    "div",
    { class: "permission-receipt", role: "status" },
    h("span", null, receiptText(item)),
    item.phase === "refused" && isChanged(item)
      ? h(
          "button",
          { type: "button", class: "button", onclick: () => dropFromOutbox((each) => each === item) },
          words.lookAgain,
        )
      : null,
  );
}

/** What became so far of a decision, in words. */
export function receiptText(item: DecisionItem): string {
  const isAllowed = item.option.kind === "allow_once" || item.option.kind === "allow_always";
  const isAnswer = item.subject?.type === "question" || item.subject?.type === "plan";
  if (isAnswer && item.phase !== "refused")
    return item.phase === "phone" ? asking.answeredSending : asking.answeredOnMachine;
  switch (item.phase) {
    case "phone":
      return isAllowed ? words.allowedSending : words.deniedSending;
    case "machine":
      return isAllowed ? words.allowedOnMachine : words.deniedOnMachine;
    case "refused":
      return refusedText(item);
  }
}

function refusedText({ failure }: DecisionItem): string {
  if (failure === null || failure === "unreachable") return words.notSent;
  switch (failure.code) {
    case "permission_changed":
      return words.changed;
    case "permission_decided":
      return lateText(failure.data);
    case "turn_not_running":
    case "not_found":
      return words.noLongerNeeded;
    default:
      return words.notSent;
  }
}

function isChanged({ failure }: DecisionItem): boolean {
  return (
    failure !== null &&
    failure !== "unreachable" &&
    failure.code !== "permission_decided" &&
    failure.code !== "not_found"
  );
}

/** `Already denied on laptop, 14:02.`, as far as the server says it. */
function lateText(data: Readonly<Record<string, unknown>>): string {
  const { outcome, by, at } = data;
  if (typeof outcome !== "object" || outcome === null || !("outcome" in outcome))
    return words.late(words.alreadyDecided);
  if (outcome.outcome !== "selected" || !("kind" in outcome)) return words.noLongerNeeded;
  const actor =
    typeof by === "object" && by !== null && "kind" in by && "name" in by
      ? { kind: String(by.kind), name: String(by.name) }
      : null;
  const kind =
    outcome.kind === "allow_once" || outcome.kind === "allow_always" ? outcome.kind : "reject_once";
  const time = formatClock(typeof at === "string" ? new Date(at) : new Date());
  const text = decisionText({ outcome: "selected", kind }, actor, time);
  return words.late(`Already ${text.charAt(0).toLowerCase()}${text.slice(1)}`);
}

function shortName(request: Question): string {
  const name = subjectName(request.subject).replace(/\s+/g, " ");
  return name.length <= nameLength ? name : `${name.slice(0, nameLength - 1)}…`;
}
