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
  const tell = (failure: Failure | null) => report(context, failure);
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
          onclick: () => void context.session.endGrant(grant.peek()).then(tell),
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
      (anchor) => chooseMode(context, anchor),
      () => (summaryOf(context.session.id) ?? context.session.summary.value)?.modeEndsAt ?? null,
    ),
    ModelChip(
      () => transcript.value.model,
      (anchor) => context.chooseModel(anchor),
      () => transcript.value.effort,
    ),
    grants,
    ContextShare(context),
  );
}

/** Opens the sheet with the modes, beside what opened it where that is told. */
export function chooseMode(context: SessionContext, anchor?: HTMLElement): void {
  const { session } = context;
  openModeSheet(
    {
      current: session.transcript.peek().mode,
      onChoose: (mode: SessionMode, span) =>
        void session.setMode(mode, span).then((failure) => report(context, failure)),
    },
    anchor,
  );
}

/** How full the model's window is; it opens to what fills it. */
function ContextShare(context: SessionContext): Child {
  const usage = computed(() => context.session.transcript.value.usage);
  const open = async (anchor: HTMLElement) => {
    const sheet = await import("../session-sheets/context-sheet.ts").catch(() => null);
    if (sheet === null) report(context, "unreachable");
    else sheet.openContextSheet(context, anchor);
  };
  return (): Child => {
    if (usage.value === null) return null;
    const { used, size } = usage.value;
    const share = used === null || size === null || size === 0 ? null : used / size;
    // After a compaction nobody knows it until the model was asked again.
    const percent = share === null ? words.contextUnknown : formatPercent(share);
    const chip = h(
      "button",
      {
        type: "button",
        class: "context-share numbers",
        "data-tone": toneOf(share ?? 0),
        "aria-haspopup": "dialog",
        "aria-label": share === null ? null : words.context(percent),
        title: share === null ? null : words.context(percent),
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => void open(chip),
      },
      percent,
    );
    return chip;
  };
}

function toneOf(share: number): string {
  if (share >= dangerFrom) return "danger";
  return share >= warnFrom ? "warn" : "plain";
}

function report(context: SessionContext, failure: Failure | null): void {
  if (failure !== null) context.say(text.failure(failure, machineName()));
}
