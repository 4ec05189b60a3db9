/** A plan that waits to be taken: read as a text, changed as Markdown, then started in one of two modes or planned on. */
import { type Child, h, when } from "../../lib/dom.ts";
import { lazy } from "../../lib/lazy.ts";
import { signal } from "../../lib/signal.ts";
import { device } from "../../state/access/device.ts";
import { clearDraft, readDraft, writeDraft } from "../../state/outbox/drafts.ts";
import { decisionOn, submitDecision } from "../../state/outbox/outbox.ts";
import { vibrate } from "../../state/settings.ts";
import { asking as words } from "../../text/en-permission.ts";
import { session } from "../../text/en-session.ts";
import { CodeBlock } from "../entries/text/code-block.ts";
import { CardFrame } from "../permission/card-frame.ts";
import { DecisionButton } from "../permission/permission-actions.ts";
import { inertMs, type PermissionCardOptions } from "../permission/permission-card.ts";
import { settled } from "../permission/settled.ts";
import { openPlanEditor } from "./plan-editor.ts";

const markdown = lazy(() => import("../../lib/markdown/markdown.ts"));

type Exit = "start_ask" | "start_edit" | "keep";

/** The card. What a person changes in the plan is kept until it is decided, also over a reload. */
export function PlanCard(options: PermissionCardOptions, subject: { readonly plan: string }): HTMLElement {
  const { sessionId, request, position, fold } = options;
  const draftKey = `${sessionId}.plan.${request.requestId}`;
  const plan = signal(readDraft(draftKey)?.text ?? subject.plan);
  const still = settled(inertMs);
  const change = (next: string) => {
    plan.value = next;
    writeDraft(draftKey, next);
  };
  const leave = (optionId: Exit) => {
    vibrate(10);
    const isChanged = plan.peek().trim() !== subject.plan.trim();
    const isTaken = submitDecision(sessionId, request, {
      optionId,
      ...(isChanged ? { feedback: plan.peek() } : {}),
    });
    if (isTaken) clearDraft(draftKey);
  };
  const isReady = () => still.isSettled.value;
  const exit = (optionId: Exit, label: string, look = ""): Child =>
    request.options.some((option) => option.optionId === optionId)
      ? DecisionButton({ label, className: `plan-exit ${look}`, isReady }, () => leave(optionId))
      : null;
  const card = CardFrame(
    { request, title: words.planTitle, isCompact: options.compact === true, position, fold },
    [
      PlanHead({
        isChanged: () => plan.value.trim() !== subject.plan.trim(),
        isOpen: () => decisionOn(request.requestId) === null,
        edit: () => openPlanEditor(plan.peek(), change),
      }),
      (): Child => PlanText(plan.value),
    ],
    () => [
      h(
        "div",
        { class: "plan-exits" },
        exit("keep", words.keep),
        // Letting it edit by itself needs every right.
        device.value?.rights === "approve" ? null : exit("start_edit", words.startEdit),
        exit("start_ask", words.startAsk, "button-primary"),
      ),
    ],
  );
  queueMicrotask(() => still.observe(card));
  return card;
}

function PlanHead({
  isChanged,
  isOpen,
  edit,
}: {
  readonly isChanged: () => boolean;
  /** Nobody here has decided it yet. */
  readonly isOpen: () => boolean;
  readonly edit: () => void;
}): HTMLElement {
  return h(
    "div",
    { class: "plan-head" },
    h("span", null, () => (isChanged() ? words.edited : "")),
    when(isOpen, () =>
      h(
        "button",
        { type: "button", class: "link-button", "aria-haspopup": "dialog", onclick: edit },
        words.editPlan,
      ),
    ),
  );
}

function PlanText(text: string): HTMLElement {
  return h(
    "div",
    { class: "plan-text", tabindex: 0, role: "group", "aria-label": words.planField },
    (): Child => {
      const module = markdown.get();
      if (module === null) return h("div", { class: "markdown markdown-plain", dir: "auto" }, text);
      const parts = { codeBlock: CodeBlock, imageLabel: session.image };
      return module.Markdown({ text: () => text, isOpen: () => false }, parts);
    },
  );
}
