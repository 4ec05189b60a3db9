/** A session as a Markdown document for people, piece by piece: prompts, answers, and what the tools did. */
import { isOut, rewoundBy } from "../../../../../transcript/rewinds.ts";
import type { ContentBlock } from "../../../protocol/content.ts";
import type { PermissionOutcome } from "../../../protocol/permission.ts";
import type { SessionEvent, SessionUpdate } from "../../../protocol/session-update.ts";
import type { ToolCallContent } from "../../../protocol/tool-call.ts";
import type { Session } from "../../session.ts";

type Updated<Kind extends SessionUpdate["sessionUpdate"]> = Extract<SessionUpdate, { sessionUpdate: Kind }>;
type CallUpdate = Updated<"tool_call" | "tool_call_update">;

interface Call {
  readonly title: string;
  readonly kind: string;
  readonly content: readonly ToolCallContent[];
}

const newCall: Call = { title: "", kind: "other", content: [] };

/** The document's text, without what was rewound. Of what a tool printed it holds what the model was told of it. */
export async function* exportMarkdown(
  session: Pick<Session, "summary" | "streamEvents">,
  now: Date,
): AsyncGenerator<string> {
  const { title, project, model, createdAt, importedAt, rewinds = [] } = session.summary();
  const facts = [
    ...(importedAt === undefined
      ? []
      : [`Imported: ${shownTime(importedAt)}. What it says happened elsewhere.`]),
    `Project: ${project.name}`,
    ...(model === null ? [] : [`Model: ${model}`]),
    `Begun: ${shownTime(createdAt)}`,
    `Exported: ${shownTime(now.toISOString())}`,
  ];
  yield `# ${oneLine(title ?? project.name)}\n\n${facts.map((fact) => `- ${oneLine(fact)}`).join("\n")}\n`;
  const document = new MarkdownDocument();
  const rewound = rewoundBy(rewinds);
  for await (const event of session.streamEvents({})) {
    const isUndone = event.update.sessionUpdate === "rewind" && rewound.undone.has(event.seq);
    if (isUndone || isOut(rewound, event.seq)) continue;
    const text = document.add(event);
    if (text !== "") yield text;
  }
  yield "\n";
}

/** Knows what stands at the document's end, and which calls are still open. */
class MarkdownDocument {
  /** The message, or the section, that the next text may go on with. */
  #open: string | null = null;
  #speaker: "person" | "agent" | null = null;
  readonly #calls = new Map<string, Call>();
  readonly #finished = new Set<string>();

  /** What the event adds; "" for nothing. */
  add(event: SessionEvent): string {
    const { update } = event;
    switch (update.sessionUpdate) {
      case "user_message_chunk":
        return this.#prompt(event, update);
      case "agent_message_chunk":
        return this.#answer(update);
      case "tool_call":
      case "tool_call_update":
        return this.#call(update);
      case "permission_outcome":
        return this.#line(decisionWords(update.outcome, event.by?.name));
      case "state_update":
        return this.#end(update);
      case "rewind":
        return this.#line(rewindWords(update));
      case "agent_thought_chunk":
      case "plan":
      case "usage_update":
      case "compaction_update":
      case "available_commands_update":
      case "prompt_context":
      case "instructions_update":
      case "session_info_update":
      case "current_mode_update":
      case "config_option_update":
      case "notice":
      case "session_created":
      case "prompt_queued":
      case "queue_update":
      case "tool_output_chunk":
      case "checkpoint":
      case "request_permission":
        return "";
    }
  }

  #prompt(event: SessionEvent, { messageId, content }: Updated<"user_message_chunk">): string {
    const text = textOf(content);
    if (this.#open === messageId) return `\n\n${text}`;
    this.#open = messageId;
    this.#speaker = "person";
    const by = event.by === undefined ? "" : `, ${oneLine(event.by.name)}`;
    return `\n\n## Prompt (${shownTime(event.at)}${by})\n\n${text}`;
  }

  #answer({ messageId, content }: Updated<"agent_message_chunk">): string {
    const text = textOf(content);
    if (this.#open === messageId) return text;
    const heading = this.#agentHeading();
    this.#open = messageId;
    return `${heading}\n\n${text}`;
  }

  #call(update: CallUpdate): string {
    const { toolCallId, title, kind, content, status } = update;
    // A call that was over is patched once more: it stands in the document already.
    if (this.#finished.has(toolCallId)) return "";
    const known = this.#calls.get(toolCallId) ?? newCall;
    const call: Call = {
      title: given(title, known.title, newCall.title),
      kind: given(kind, known.kind, newCall.kind),
      content: given(content, known.content, newCall.content),
    };
    if (status === "completed" || status === "failed") return this.#finishedCall(toolCallId, call, status);
    this.#calls.set(toolCallId, call);
    return "";
  }

  #finishedCall(toolCallId: string, call: Call, status: CallUpdate["status"]): string {
    this.#calls.delete(toolCallId);
    this.#finished.add(toolCallId);
    const heading = this.#agentHeading();
    this.#open = null;
    const mark = status === "failed" ? " (failed)" : "";
    const title = call.title === "" ? "" : ` ${inlineCode(call.title)}`;
    return `${heading}\n\n**${call.kind}**${title}${mark}${call.content.map(contentText).join("")}`;
  }

  #end(update: Updated<"state_update">): string {
    if (update.state === "interrupted") return this.#line("Interrupted");
    if (update.state !== "idle") return "";
    this.#calls.clear();
    if (update.problem !== undefined) return this.#line(`Stopped: ${update.problem.code}`);
    return update.stopReason === "end_turn" ? "" : this.#line(`Stopped: ${update.stopReason ?? "unknown"}`);
  }

  #line(words: string | null): string {
    if (words === null) return "";
    this.#open = null;
    return `\n\n*${words}*`;
  }

  #agentHeading(): string {
    if (this.#speaker === "agent") return "";
    this.#speaker = "agent";
    return "\n\n## Agent";
  }
}

/** What is absent stays, and null clears. */
function given<Value>(patch: Value | null | undefined, current: Value, cleared: Value): Value {
  if (patch === undefined) return current;
  return patch === null ? cleared : patch;
}

function rewindWords({ undoes, files }: Updated<"rewind">): string | null {
  const count = files.done.length;
  if (undoes !== undefined && count === 0) return null;
  const put = count === 0 ? "" : ` (${count === 1 ? "1 file" : `${count} files`} put back)`;
  return `${undoes === undefined ? "Rewound" : "Rewind undone"}${put}`;
}

function decisionWords(outcome: PermissionOutcome, name: string | undefined): string | null {
  if (outcome.outcome !== "selected") return null;
  const verb = outcome.kind.startsWith("allow") ? "Allowed" : "Refused";
  return name === undefined || name === "" ? verb : `${verb}: ${oneLine(name)}`;
}

function textOf(content: ContentBlock): string {
  if (content.type === "text") return content.text;
  if (content.type === "image") return `![Picture](data:${content.mimeType};base64,${content.data})`;
  return `[${oneLine(content.name).replace(/[[\]\\]/g, "\\$&")}](<${content.uri.replace(/[<>\s]/g, encodeURIComponent)}>)`;
}

function contentText(part: ToolCallContent): string {
  switch (part.type) {
    case "content":
      return part.content.type === "text" ? fenced(part.content.text, "") : `\n\n${textOf(part.content)}`;
    case "diff": {
      const removed = part.oldText === null ? [] : part.oldText.split("\n").map((line) => `-${line}`);
      const added = part.newText.split("\n").map((line) => `+${line}`);
      return `\n\n${inlineCode(part.path)}${fenced([...removed, ...added].join("\n"), "diff")}`;
    }
    case "terminal":
      return "";
  }
}

/** No text ends its own fence. */
function fenced(text: string, language: string): string {
  if (text.trim() === "") return "";
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `\n\n${fence}${language}\n${text.replace(/\n$/, "")}\n${fence}`;
}

function inlineCode(text: string): string {
  const line = oneLine(text);
  const marks = "`".repeat(longestRun(line) + 1);
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${marks}${space}${line}${space}${marks}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function shownTime(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}
