/**
 * What of a session can be found, as lines: prompts, answers, titles of calls, commands, names of files. Pure. It has a fold
 * of its own: what was once said is found although a later update replaced it, and no more than one message is held.
 */
import { isRunning } from "../../../../transcript/turn-state.ts";
import type { SearchHitKind } from "../../protocol/search.ts";
import type { SessionEvent, SessionUpdate } from "../../protocol/session-update.ts";

/** A piece of text on one line; `seq` is where its entry begins. */
export interface SearchLine {
  readonly seq: number;
  readonly kind: SearchHitKind;
  readonly text: string;
}

type CallUpdate = Extract<SessionUpdate, { sessionUpdate: "tool_call" | "tool_call_update" }>;

export const longestQuery = 200;
/** Long texts are cut; what is looked for is found across the cuts, since the pieces overlap by more than it can be long. */
const pieceCharacters = 2_000;
const overlapCharacters = longestQuery + 20;
const heldCharacters = 64_000;

/** As text stands in the lines, and as it is looked for: no line ends, no control characters, no code points that mean nothing. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Noncharacter_Code_Point}\s]+/gu, " ").trim();
}

/** Takes a session's events in, in order, and gives its lines. Chunks of one message are one text. */
export class SearchLines {
  #open: {
    readonly messageId: string;
    readonly kind: SearchHitKind;
    readonly seq: number;
    text: string;
  } | null = null;
  /** What was said of each call of the turn. */
  readonly #told = new Map<string, Set<string>>();

  /** The lines that are complete with this event. */
  add(event: SessionEvent): readonly SearchLine[] {
    const { update } = event;
    switch (update.sessionUpdate) {
      case "user_message_chunk": {
        const { content } = update;
        if (content.type === "image") return [];
        const text = content.type === "text" ? content.text : `${content.name} ${content.uri}`;
        return this.#write(event, { messageId: update.messageId, kind: "prompt", text: `${text}\n` });
      }
      case "agent_message_chunk":
        if (update.content.type !== "text") return [];
        return this.#write(event, {
          messageId: update.messageId,
          kind: "agent",
          text: update.content.text,
        });
      case "tool_call":
      case "tool_call_update":
        return this.#call(event, update);
      case "state_update":
        if (isRunning(update.state)) return [];
        this.#told.clear();
        return this.end();
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
      case "rewind":
      case "request_permission":
      case "permission_outcome":
        return [];
    }
  }

  /** What is still held: nothing more comes. */
  end(): readonly SearchLine[] {
    const open = this.#open;
    this.#open = null;
    return open === null ? [] : pieces(open);
  }

  #write(
    event: SessionEvent,
    chunk: { messageId: string; kind: SearchHitKind; text: string },
  ): readonly SearchLine[] {
    const open = this.#open;
    if (open?.messageId !== chunk.messageId || open.kind !== chunk.kind) {
      const lines = this.end();
      this.#open = { ...chunk, seq: event.from ?? event.seq };
      return lines;
    }
    open.text += chunk.text;
    if (open.text.length < heldCharacters) return [];
    const lines = pieces(open);
    open.text = open.text.slice(-overlapCharacters);
    return lines;
  }

  #call(event: SessionEvent, update: CallUpdate): readonly SearchLine[] {
    const told = this.#told.get(update.toolCallId) ?? new Set();
    this.#told.set(update.toolCallId, told);
    const seq = event.from ?? event.seq;
    return said(update).flatMap(([kind, text]) => {
      if (told.has(text)) return [];
      told.add(text);
      return pieces({ seq, kind, text });
    });
  }
}

function said(update: CallUpdate): readonly (readonly [SearchHitKind, string])[] {
  const command = commandOf(update.rawInput);
  const paths = [
    ...(update.locations ?? []).map(({ path }) => path),
    ...(update.content ?? []).flatMap((part) => (part.type === "diff" ? [part.path] : [])),
  ];
  return [
    ...(command === null ? [] : [["command", command] as const]),
    ...paths.map((path) => ["file", path] as const),
    // A title that only says what one of these says is no other place.
    ...(update.title && command?.includes(update.title) !== true && !paths.includes(update.title)
      ? [["tool", update.title] as const]
      : []),
  ];
}

function commandOf(input: unknown): string | null {
  if (typeof input !== "object" || input === null || !("command" in input)) return null;
  return typeof input.command === "string" ? input.command : null;
}

function pieces({ seq, kind, text }: SearchLine): SearchLine[] {
  const line = plainText(text);
  const lines: SearchLine[] = [];
  for (let start = 0; start < line.length; start += pieceCharacters - overlapCharacters) {
    lines.push({ seq, kind, text: line.slice(start, start + pieceCharacters) });
    if (start + pieceCharacters >= line.length) break;
  }
  return lines;
}

const kinds: readonly SearchHitKind[] = ["title", "prompt", "agent", "tool", "command", "file"];
const firstDigit = 0xfdd0;
const firstKind = 0xfde0;

/** A line of the file. Its place is written in code points that stand in no text, so that nobody finds it. */
export function encodeSearchLine({ seq, kind, text }: SearchLine): string {
  const digits = [...seq.toString(16)].map((digit) =>
    String.fromCharCode(firstDigit + Number.parseInt(digit, 16)),
  );
  return `${String.fromCharCode(firstKind + kinds.indexOf(kind))}${digits.join("")}${text}\n`;
}

/** Reads one without its newline; null for what a crash or a person left there. */
export function decodeSearchLine(line: string): SearchLine | null {
  const match = /^([\uFDE0-\uFDE5])([\uFDD0-\uFDDF]{1,12})/.exec(line);
  const [place, mark = "", digits = ""] = match ?? [];
  const kind = kinds[mark.charCodeAt(0) - firstKind];
  if (place === undefined || kind === undefined) return null;
  const hex = [...digits].map((digit) => (digit.charCodeAt(0) - firstDigit).toString(16)).join("");
  return { seq: Number.parseInt(hex, 16), kind, text: line.slice(place.length) };
}
