/** A model that is played by a generator: it sees one request after the other and says what it answers, and knows only what it sees. */
import {
  type ChatRequest,
  messageText,
  offeredTools,
} from "../../../src/demo/scripted-model/chat-request.ts";
import type {
  ReplySource,
  Script,
  ScriptedCall,
  ScriptedError,
  ScriptedReply,
} from "../../../src/demo/scripted-model/script.ts";
import type { Window } from "./windows.ts";

/** A request as a model reads it. */
export interface Seen {
  /** The texts of all messages, one under the other. */
  readonly text: string;
  /** The results of the calls that the model made last, in order. */
  readonly results: readonly string[];
  readonly tools: readonly string[];
  readonly request: ChatRequest;
}

/** One reply for each request; what it returns is the last one. */
export type Play = AsyncGenerator<ScriptedReply, ScriptedReply | undefined, Seen>;
export type Role = (first: Seen) => Play;

export interface Cast {
  readonly window: Window;
  /** The main agent, from the first request of the session to its last. */
  readonly main: Role;
  /** A subagent, each with a play of its own. */
  readonly subagent?: Role;
  /** How the endpoint refuses what it is asked first. */
  readonly refusal?: ScriptedError;
  /** See `ScriptedModelEntry`. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** How a subagent's first message says what it is. */
export const subagentWords = /You work on this alone/;
const summaryWords = /You write down the state of a coding agent's work/;

/** The script of a cast, and what has gone against it: whatever a play throws, and each request beyond one. */
export interface PlayedScript {
  readonly script: Script;
  readonly faults: readonly string[];
}

/** A play that throws ends its turn with that word. */
export function playedScript({ window, main, subagent, refusal, facts }: Cast): PlayedScript {
  const faults: string[] = [];
  const onFault = (fault: string) => void faults.push(fault);
  const { listedTokens } = window;
  const size = listedTokens === undefined ? {} : { contextWindow: listedTokens };
  const reply = player(main, onFault);
  const script: Script = {
    models: [{ id: "played", name: "Played", ...size, ...(facts === undefined ? {} : { facts }) }],
    rules: [
      { name: "summary", when: { withoutTools: true, system: summaryWords }, reply: { text: summary } },
      ...(subagent === undefined
        ? []
        : [{ name: "subagent", when: { anyMessage: subagentWords }, reply: each(subagent, onFault) }]),
    ],
    ...(refusal === undefined ? {} : { steps: [{ reply, errors: refusal }] }),
    fallback: reply,
  };
  return { script, faults };
}

const summary =
  "Goal: as the user first asked.\nDone: as the notes say.\nNext steps: the rest of it, then the check.";

/** One player for each first message. */
function each(role: Role, onFault: (fault: string) => void): ReplySource {
  const players = new Map<string, ReturnType<typeof player>>();
  return (conversation) => {
    const first = conversation.request.messages.find(({ role: speaker }) => speaker === "user");
    const words = first === undefined ? "" : messageText(first);
    const key = words.split("\n").find((line) => line.startsWith("Part ")) ?? words;
    const found = players.get(key) ?? player(role, onFault);
    players.set(key, found);
    return found(conversation);
  };
}

function player(
  role: Role,
  onFault: (fault: string) => void,
): (conversation: { readonly request: ChatRequest }) => Promise<ScriptedReply> {
  let play: Play | null = null;
  async function next(seen: Seen): Promise<ScriptedReply | undefined> {
    if (play !== null) return (await play.next(seen)).value;
    play = role(seen);
    return (await play.next()).value;
  }
  return async ({ request }) => {
    try {
      const reply = await next(seenIn(request));
      if (reply !== undefined) return reply;
      throw new Error("a request beyond the play");
    } catch (error) {
      onFault(String(error));
      return { text: `The play broke off: ${String(error)}` };
    }
  };
}

function seenIn(request: ChatRequest): Seen {
  const last = request.messages.findLastIndex(({ role }) => role === "assistant");
  const results = request.messages
    .slice(last + 1)
    .filter(({ role }) => role === "tool")
    .map((message) => pointedText(request, message));
  const text = request.messages.map(messageText).join("\n");
  return { text, results, tools: offeredTools(request), request };
}

type ChatMessage = ChatRequest["messages"][number];

/** What a result says; of one that points at an earlier one what that says, as long as the request shows it. */
function pointedText({ messages }: ChatRequest, message: ChatMessage): string {
  const text = messageText(message);
  if (!text.startsWith("Unchanged since result r")) return text;
  const calls = messages.flatMap((one) => (one.role === "assistant" ? (one.tool_calls ?? []) : []));
  const madeFor = (one: ChatMessage) =>
    one.role === "tool" ? JSON.stringify(calls.find(({ id }) => id === one.tool_call_id)?.function) : null;
  const earlier = messages.slice(0, messages.indexOf(message));
  const same = earlier.filter((one) => madeFor(one) === madeFor(message));
  return same.map(messageText).findLast((one) => !one.startsWith("Unchanged since")) ?? text;
}

/** A response with calls, and a few words where there are some. */
export function calling(...calls: readonly ScriptedCall[]): ScriptedReply {
  return { calls };
}

/** A call of a tool. */
export function call(tool: string, input: ScriptedCall["arguments"]): ScriptedCall {
  return { tool, arguments: input };
}

/** An edit by a model that sees what it replaces; throws when the request does not show it. */
export function edit(
  seen: Seen,
  path: string,
  change: { readonly old: string; readonly new: string },
): ScriptedCall {
  const unseen = change.old.split("\n").filter((line) => !seen.text.includes(line));
  if (unseen.length > 0) throw new Error(`the request no longer shows ${JSON.stringify(unseen)} of ${path}`);
  return call("edit", { path, ...change });
}

/** Throws when the request lacks any of these: the model could not know how to go on. */
export function mustSee(seen: Seen, ...needed: readonly (string | RegExp)[]): void {
  const missing = needed.filter((one) =>
    typeof one === "string" ? !seen.text.includes(one) : !one.test(seen.text),
  );
  if (missing.length > 0) throw new Error(`the request does not show ${missing.join(", ")}`);
}

/** Reads a file part by part until a result shows what is looked for; returns what was seen then. */
export function readUntil(path: string, wanted: RegExp, from = 1): Looking {
  return lookUntil({ tool: "read", input: { path }, wanted, from });
}

/** As a model does that needs a part of its last result which the request leaves out: recalls it until it sees that part. */
export async function* recallUntil(seen: Seen, wanted: RegExp): Looking {
  const last = seen.results.at(-1) ?? "";
  if (wanted.test(last)) return seen;
  const id = [...last.matchAll(/\brecall(?: with id)? ([ro]\d+)/g)].at(-1)?.[1];
  if (id === undefined) throw new Error(`nothing to recall for ${wanted}: ${last.slice(0, 300)}`);
  return yield* lookUntil({ tool: "recall", input: { id }, wanted, from: 1 });
}

type Looking = AsyncGenerator<ScriptedReply, Seen, Seen>;

interface Look {
  readonly tool: "read" | "recall";
  readonly input: Readonly<Record<string, string>>;
  readonly wanted: RegExp;
  readonly from: number;
}

const footer = /^\(lines \d+ to (\d+) of \d+(?:; continue with offset=(\d+)|, the end)\)$/gm;

/** A part that the request cuts is asked for again, smaller. */
async function* lookUntil({ tool, input, wanted, from }: Look): Looking {
  let [offset, limit] = [from, 2_000];
  for (let tries = 0; tries < 30; tries += 1) {
    const seen: Seen = yield calling(call(tool, { ...input, offset, limit }));
    const result = seen.results.join("\n");
    if (wanted.test(result)) return seen;
    const [, to, next] = [...result.matchAll(footer)].at(-1) ?? [];
    if (/characters, the middle left out:/.test(result)) limit = Math.ceil((Number(to ?? 300) - offset) / 2);
    else if (next === undefined) throw new Error(`${wanted} is not there: ${result.slice(-300)}`);
    else offset = Number(next);
  }
  throw new Error(`${wanted} was not found`);
}
