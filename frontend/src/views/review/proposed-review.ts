/** The diff that an open question proposes, as one page to read; it is decided on its card. */
import type { PermissionRequest } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { computed, onCleanup, untracked } from "../../lib/signal.ts";
import { back, route } from "../../state/navigation.ts";
import { isListLoaded, summaryOf } from "../../state/sessions/session-list.ts";
import { review as words } from "../../text/en-review.ts";
import { ChangeCounts } from "../entries/tool/change-counts.ts";
import { Waiting } from "../frame/waiting.ts";
import { markSeen } from "../permission/seen-elsewhere.ts";
import { RegionDiff } from "./diff-view.ts";
import { ReviewHeader, ReviewNote } from "./review-header.ts";
import { followReviewKeys, takeFocus } from "./review-keys.ts";
import { reviewLook } from "./review-look.ts";

/** The review of the question that the address names. */
export function ProposedReview(sessionId: string): HTMLElement {
  const request = computed(() => {
    const place = route.value;
    const id = place.screen === "review" ? place.file : null;
    return summaryOf(sessionId)?.pending.find((each) => each.requestId === id) ?? null;
  });
  // Every summary brings its questions anew; the page is drawn once for what is asked.
  const key = computed(() => (request.value === null ? "" : request.value.digest));
  followReviewKeys(() => undefined);
  const screen = h(
    "div",
    { class: "review", ...reviewLook() },
    ReviewHeader({ path: () => pathOf(request.value), position: () => "", end: null }),
    (): Child => {
      const question = key.value === "" ? null : request.peek();
      if (question !== null) return untracked(() => ProposedPage(question));
      return isListLoaded.value ? ReviewNote(words.notAsked, words.back, back) : Waiting(words.loading);
    },
  );
  takeFocus(screen);
  return screen;
}

function ProposedPage({ subject, content, digest }: PermissionRequest): HTMLElement {
  const regions = content.filter((each) => each.type === "diff");
  // Its card waits until the end was read; here is where it is read.
  const ends = new IntersectionObserver((seen) => {
    if (seen.some((each) => each.isIntersecting)) markSeen(digest);
  });
  onCleanup(() => ends.disconnect());
  const end = h("div", { class: "proposal-end", "aria-hidden": "true" });
  return h(
    "div",
    { class: "review-pages" },
    h(
      "article",
      { class: "file-page", "aria-label": words.diffOf(pathOf({ subject })) },
      h(
        "p",
        { class: "file-facts numbers" },
        h("span", { class: "file-status" }, words.proposed),
        subject.type === "edit" ? ChangeCounts(subject) : null,
      ),
      RegionDiff(regions, () => ends.observe(end)),
      end,
    ),
  );
}

function pathOf(question: Pick<PermissionRequest, "subject"> | null): string {
  return question?.subject.type === "edit" ? question.subject.path : "";
}
