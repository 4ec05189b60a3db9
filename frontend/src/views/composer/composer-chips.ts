/** What holds for the next turn: mode, model, permissions in force, and how full the model's window is. */

import type { Failure, SessionMode } from "../../api/types.ts";
import { type Child, h, list } from "../../lib/dom.ts";
import { formatPercent } from "../../lib/format.ts";
import { icon } from "../../lib/icons.ts";
import { computed } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { composer as words } from "../../text/en-composer.ts";
import { subjectName } from "../../text/en-permission.ts";
import { ModeChip, ModelChip } from "../chips.ts";
import { openModeSheet } from "../mode-sheet.ts";
import type { SessionContext } from "../session/session-context.ts";

const warnFrom = 0.7;
const dangerFrom = 0.9;

/** One row of chips; it scrolls sideways when there are many grants. */
export function ComposerChips(context: SessionContext): HTMLElement {
  const { transcript } = context.session;
  const report = (failure: Failure | null) => {
    if (failure !== null) context.say(text.failure(failure, machineName()));
  };
  const chooseMode = (anchor: HTMLElement) =>
    openModeSheet(
      {
        current: transcript.peek().mode,
        onChoose: (mode: SessionMode, span) => void context.session.setMode(mode, span).then(report),
      },
      anchor,
    );
  const grants = h("div", { class: "grant-chips" });
  list(
    grants,
    () => transcript.value.grants,
    (grant) => grant.requestId,
    (grant) =>
      h(
        "button",
        {
          type: "button",
          class: "chip grant-chip",
          "aria-label": () => words.grant(subjectName(grant.value.request.subject)),
          onpointerdown: (event) => event.preventDefault(),
          onclick: () => void context.session.endGrant(grant.peek()).then(report),
        },
        h("span", { class: "one-line mono" }, () => subjectName(grant.value.request.subject)),
        icon("close"),
      ),
  );
  return h(
    "div",
    { class: "composer-chips", role: "group", "aria-label": words.chips },
    ModeChip(
      () => transcript.value.mode,
      chooseMode,
      () => (summaryOf(context.session.id) ?? context.session.summary.value)?.modeEndsAt ?? null,
    ),
    ModelChip(
      () => transcript.value.model,
      (anchor) => context.chooseModel(anchor),
    ),
    grants,
    ContextShare(context),
  );
}

function ContextShare(context: SessionContext): Child {
  const share = computed(() => {
    const { usage } = context.session.transcript.value;
    return usage === null || usage.used === null || usage.size === null || usage.size === 0
      ? null
      : usage.used / usage.size;
  });
  return (): Child => {
    if (share.value === null) return null;
    const percent = formatPercent(share.value);
    const tone = share.value >= dangerFrom ? "danger" : share.value >= warnFrom ? "warn" : "plain";
    return h(
      "span",
      {
        class: "context-share numbers",
        "data-tone": tone,
        role: "img",
        "aria-label": words.context(percent),
        title: words.context(percent),
      },
      percent,
    );
  };
}
