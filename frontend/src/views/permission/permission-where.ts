/** Where it would happen, and, of an edit, how much it is and the way to read it on a whole screen. */
import { type Child, h } from "../../lib/dom.ts";
import { device } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { summaryOf } from "../../state/sessions/session-list.ts";
import { permission as words } from "../../text/en-permission.ts";
import { ChangeCounts } from "../entries/tool/change-counts.ts";
import { proposalAddress } from "../review/review-address.ts";
import { fromHome } from "./from-home.ts";
import type { Question } from "./question.ts";
import { visibleText } from "./visible-text.ts";

/** The second line of a card: the folder, or how an address is asked. */
export function Where(sessionId: string, request: Question): HTMLElement {
  const { subject } = request;
  const folder = () => {
    const root = summaryOf(sessionId)?.project.path ?? "";
    return subject.type === "command" ? inProject(root, subject.cwd) : root;
  };
  return h(
    "div",
    { class: "permission-where" },
    h("p", null, (): Child => {
      if (subject.type === "fetch") return words.getOnly;
      return folder() === ""
        ? null
        : [words.in, visibleText(fromHome(folder(), device.value?.server.home ?? ""), "prose")];
    }),
    subject.type === "edit" ? EditFacts(sessionId, request, subject) : null,
  );
}

function EditFacts(
  sessionId: string,
  { requestId }: Question,
  change: { readonly added: number; readonly removed: number },
): HTMLElement {
  return h(
    "p",
    { class: "permission-edit numbers" },
    h("span", null, ChangeCounts(change)),
    h(
      "button",
      { type: "button", class: "link-button", onclick: () => go(proposalAddress(sessionId, requestId)) },
      words.openInReview,
    ),
  );
}

/** A command's folder may be told from the project's. */
function inProject(root: string, folder: string): string {
  if (folder.startsWith("/") || root === "") return folder;
  return folder === "." || folder === "" ? root : `${root}/${folder}`;
}
