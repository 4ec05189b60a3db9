/** A session that waits for a person: its title, and the whole question when there is room to decide it right here. */
import type { PermissionRequest, SessionSummary } from "../../api/types.ts";
import { withStyles } from "../../lib/browser/later-styles.ts";
import { type Child, h } from "../../lib/dom.ts";
import { lazy } from "../../lib/lazy.ts";
import { computed, effect, onCleanup, type ReadonlySignal, signal, untracked } from "../../lib/signal.ts";
import { go, openSessionId } from "../../state/navigation.ts";
import { decisionOn } from "../../state/outbox/outbox.ts";
import { followRested, touchList } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { titleOf } from "./session-title.ts";

const card = lazy(() => withStyles(import("../asking/any-card.ts")));
/** More than this share of the screen, and the card is opened in its session instead. */
const roomShare = 0.4;

/** One card of the list's first part. Dangerous questions are always opened first. */
export function NeedsYouCard(summary: ReadonlySignal<SessionSummary>): HTMLElement {
  const sessionId = summary.peek().id;
  // The session that is open beside the list shows its own card, and one of a kind is enough.
  const isShown = computed(() => openSessionId() !== sessionId);
  const shown = shownQuestion(summary);
  // While its session is open too: what is decided there is shown here, also on a network that is lost by then.
  card.load().catch(() => undefined);
  const key = computed(() => {
    const { request } = shown.value ?? {};
    return request === undefined ? "" : `${request.requestId} ${request.digest}`;
  });
  const isOver = computed(() => {
    const request = shown.value?.request;
    const isPending = summary.value.pending.some((each) => each.requestId === request?.requestId);
    return request === undefined || !isPending || isDecided(request);
  });
  // What is decided with a key, or in a sheet, is decided under a finger too.
  effect(() => {
    if (isShown.value && isOver.value) touchList();
    return undefined;
  });
  return h(
    "li",
    {
      class: "needs-you-card",
      "data-open": () => !isShown.value,
      "data-dangerous": () => shown.value?.request.dangerous === true,
      "data-decided": () => isOver.value,
    },
    h(
      "a",
      {
        class: "needs-you-head",
        href: `/s/${sessionId}`,
        "aria-current": () => (isShown.value ? null : "page"),
        onclick: (event) => follow(event, sessionId),
      },
      h("span", { class: "needs-you-title one-line", dir: "auto" }, () => titleOf(summary.value)),
      h("span", { class: "needs-you-project one-line" }, () => projectLine(summary.value)),
    ),
    () => (isShown.value && key.value !== "" ? Question(sessionId, shown) : null),
  );
}

interface ShownQuestion {
  readonly request: PermissionRequest;
  readonly position: { readonly index: number; readonly count: number };
}

/** The first that nobody here has decided. What is decided stays, with its receipt, until the list is sorted anew. */
function shownQuestion(summary: ReadonlySignal<SessionSummary>): ReadonlySignal<ShownQuestion | null> {
  const wanted = followRested((): ShownQuestion | null => {
    const { pending } = summary.value;
    const request = pending.find((each) => !isDecided(each)) ?? pending[0];
    if (request === undefined) return null;
    return { request, position: { index: pending.indexOf(request) + 1, count: pending.length } };
  });
  let last = wanted.peek();
  return computed(() => {
    last = wanted.value ?? last;
    return last;
  });
}

function isDecided({ requestId }: PermissionRequest): boolean {
  const decision = decisionOn(requestId);
  return decision !== null && decision.phase !== "refused";
}

function Question(sessionId: string, shown: ReadonlySignal<ShownQuestion | null>): Child {
  const request = shown.peek()?.request;
  if (request === undefined) return null;
  const isTooTall = signal(request.dangerous);
  // Without its part of the page, as before a first visit to a session on a lost network, the first line must do.
  if (!request.dangerous)
    card.load().catch(() => {
      isTooTall.value = true;
    });
  return (): Child => {
    if (isTooTall.value) return OpenRow(request, sessionId);
    const module = card.get();
    if (module === null) return null;
    const position = () => shown.value?.position ?? { index: 1, count: 1 };
    const whole = untracked(() => module.AnyCard({ sessionId, request, position, compact: true }));
    // It grows as what it shows comes in, such as a diff, and only what is laid out has a height.
    const sizes = new ResizeObserver(() => {
      if (whole.offsetHeight > window.innerHeight * roomShare) isTooTall.value = true;
    });
    sizes.observe(whole);
    onCleanup(() => sizes.disconnect());
    return whole;
  };
}

function OpenRow(request: PermissionRequest, sessionId: string): HTMLElement {
  return h(
    "div",
    { class: "needs-you-open" },
    h("span", { class: "needs-you-line one-line", "data-subject": request.subject.type }, firstLine(request)),
    (): Child => {
      const decision = decisionOn(request.requestId);
      if (decision === null || decision.phase === "refused") return OpenButton(sessionId);
      return h("span", { class: "needs-you-receipt", role: "status" }, card.get()?.receiptText(decision));
    },
  );
}

function OpenButton(sessionId: string): HTMLElement {
  return h(
    "button",
    { type: "button", class: "button", onclick: () => go(`/s/${sessionId}`) },
    text.sessions.open,
  );
}

function firstLine({ subject }: PermissionRequest): string {
  switch (subject.type) {
    case "command":
      return subject.command.split("\n", 1)[0] ?? "";
    case "edit":
      return text.sessions.edit(subject.path);
    case "read":
      return text.sessions.read(subject.path);
    case "fetch":
      return subject.url;
    case "question":
      return subject.question;
    case "plan":
      return text.sessions.plan;
    case "other":
      return subject.title;
  }
}

function projectLine(summary: SessionSummary): string {
  const count = summary.pending.length;
  return count > 1 ? `${summary.project.name} · ${text.sessions.questions(count)}` : summary.project.name;
}

function follow(event: MouseEvent, id: string): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(`/s/${id}`);
}
