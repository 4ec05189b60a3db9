/** The one table of entry kinds: a new kind does not compile until it has a view here. */
import type { TranscriptEntry } from "../../../../transcript/transcript.ts";
import { h } from "../../lib/dom.ts";
import type { ReadonlySignal } from "../../lib/signal.ts";
import { session as words } from "../../text/en-session.ts";
import type { SessionContext } from "../session/session-context.ts";
import { CompactionEntry } from "./compaction-entry.ts";
import { DecisionEntry } from "./decision-entry.ts";
import { article, type EntryView } from "./entry-view.ts";
import { NoticeEntry } from "./notice-entry.ts";
import { RewindEntry } from "./rewind-entry.ts";
import { AgentEntry } from "./text/agent-entry.ts";
import { CopyButton } from "./text/copy-button.ts";
import { ThoughtEntry } from "./text/thought-entry.ts";
import { UserEntry } from "./text/user-entry.ts";
import { ToolEntry } from "./tool/tool-entry.ts";
import { TurnEndEntry } from "./turn-end-entry.ts";

const views: { readonly [Type in TranscriptEntry["type"]]: EntryView<Type> } = {
  user: UserEntry,
  agent: AgentEntry,
  thought: ThoughtEntry,
  tool: ToolEntry,
  decision: DecisionEntry,
  notice: NoticeEntry,
  compaction: CompactionEntry,
  rewind: RewindEntry,
  turn_end: TurnEndEntry,
};

/** Draws an entry; one that cannot be drawn says so and leaves the rest of the page alone. */
export function Entry(entry: ReadonlySignal<TranscriptEntry>, context: SessionContext): HTMLElement {
  // An entry keeps its kind for life, so the view for its kind may follow its signal.
  const view = views[entry.peek().type] as EntryView<TranscriptEntry["type"]>;
  try {
    return view(entry, context);
  } catch (error) {
    return Broken(entry.peek(), error);
  }
}

function Broken(entry: TranscriptEntry, error: unknown): HTMLElement {
  const raw = JSON.stringify(entry, null, 2);
  return article(
    "entry-broken",
    () => words.cannotShow,
    h("p", null, words.cannotShow),
    h("details", null, h("summary", null, words.showRaw), h("pre", { class: "tool-text" }, raw)),
    CopyButton(() => `${String(error)}\n${raw}`, words.copyReport),
  );
}
