/** `/rewind`: the turns to choose one from, then the sheet. */
import { machineName } from "../../state/access/device.ts";
import { text } from "../../text/en.ts";
import { rewind as words } from "../../text/en-rewind.ts";
import { showBar } from "../frame/bars.ts";
import type { SessionContext } from "../session/session-context.ts";
import { openRewind } from "./rewind-open.ts";
import { canRewind } from "./rewind-undo.ts";
import { openTurnChoice } from "./turns-sheet.ts";

/** Lets a person choose where to go back to; what still runs is stopped first. */
export function chooseRewind(context: SessionContext): void {
  const { turnId: running } = context.session.transcript.peek();
  if (!canRewind()) return showBar({ sentence: text.failure(forbidden, machineName()) });
  if (running !== null) return showBar({ sentence: words.running });
  openTurnChoice(context, {
    title: words.choose,
    none: words.chooseNone,
    isOffered: ({ state, turnId }) => state !== "steered" && turnId !== null,
    choose: ({ turnId, at }) => {
      if (turnId !== null) void openRewind({ context, turnId, at });
    },
  });
}

const forbidden = { status: 403, code: "forbidden", detail: "" } as const;
