/** A stage for one turn: a scripted model, tools made on the spot, and a session's side that keeps every event. */

import * as z from "zod";
import { applyToHistory, emptyHistoryFold, subagentHistory } from "../../../../transcript/fold-history.ts";
import type {
  AgentParts,
  AgentTurn,
  SteeredPrompt,
  TurnOutcome,
  UpdatePlace,
} from "../../../src/agent/agent-turn.ts";
import { FileLocks } from "../../../src/agent/calls/file-locks.ts";
import { runCompaction } from "../../../src/agent/compaction/compact-turn.ts";
import {
  type Model,
  type ModelEnd,
  type ModelEvent,
  type ModelFacts,
  type ModelRequest,
  unknownFacts,
} from "../../../src/agent/model.ts";
import type { PermissionAnswer, Verdict } from "../../../src/agent/permission.ts";
import { TokenFactor } from "../../../src/agent/room/token-factor.ts";
import { SeenFiles } from "../../../src/agent/seen-files.ts";
import type { Tool, ToolAccess, ToolContext, ToolResult } from "../../../src/agent/tool.ts";
import { createToolBook } from "../../../src/agent/tool-book.ts";
import { runTurn } from "../../../src/agent/turn.ts";
import type { PermissionRequest } from "../../../src/protocol/permission.ts";
import type { SessionMode } from "../../../src/protocol/session.ts";
import type { SessionEvent, SessionUpdate } from "../../../src/protocol/session-update.ts";
import type { ModelCallMeta } from "../../../src/protocol/tool-call.ts";

export type Emitted = { readonly update: SessionUpdate; readonly durable?: true } & UpdatePlace;

/** One response: its events; a function sees the request and the signal, and may wait. */
export type Response =
  | readonly ModelEvent[]
  | ((request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelEvent>);

export function says(text: string): ModelEvent {
  return { type: "text", text };
}

export function ends(end: ModelEnd, calls: readonly ModelCallMeta[] = []): ModelEvent {
  return { type: "end", end, calls, usage: null, contextWindow: null };
}

export function calls(...made: readonly (readonly [name: string, input: unknown])[]): ModelEvent {
  const metas = made.map(([name, input], index) => {
    return {
      id: `v${index + 1}`,
      name,
      arguments: typeof input === "string" ? input : JSON.stringify(input),
    };
  });
  return ends({ type: "calls" }, metas);
}

export const stop = ends({ type: "stop" });

interface ToolScript {
  readonly name: string;
  readonly readOnly?: boolean;
  readonly access?: ToolAccess;
  readonly run?: (context: ToolContext, path: string) => Promise<ToolResult>;
}

/** A tool with `path` (string) and optional `limit` (number). */
export function tool(script: ToolScript): Tool {
  const input = z.object({ path: z.string(), limit: z.number().optional() });
  type Input = z.infer<typeof input>;
  const made: Tool<Input> = {
    name: script.name,
    kind: script.readOnly === false ? "edit" : "read",
    description: `The ${script.name} tool.`,
    input,
    synonyms: { file_path: "path" },
    readOnly: script.readOnly ?? true,
    title: ({ path }) => path,
    plan: async ({ path }) => ({
      title: path,
      locations: [{ path }],
      access: script.access ?? { type: script.readOnly === false ? "write" : "read", paths: [path] },
      subject: { type: "read", path },
      content: [],
      basis: `basis of ${path}`,
      run: (context) => script.run?.(context, path) ?? Promise.resolve({ text: `${script.name} ${path}` }),
    }),
  };
  return made as Tool;
}

interface StageOptions {
  readonly responses: readonly Response[];
  /** In place of the scripted one. */
  readonly model?: Model;
  /** What chance gives; default: 0. */
  readonly chance?: number;
  readonly tools?: readonly Tool[];
  readonly mode?: SessionMode;
  readonly prompt?: string;
  /** The turn goes on with what an earlier one left. */
  readonly isContinued?: boolean;
  readonly judge?: (access: ToolAccess) => Verdict;
  readonly answer?: (request: PermissionRequest) => Promise<PermissionAnswer>;
  readonly emitDurable?: (update: SessionUpdate) => Promise<void>;
  readonly wait?: AgentParts["wait"];
  readonly facts?: Partial<ModelFacts>;
  readonly endedJobs?: AgentParts["endedJobs"];
  readonly systemPrompt?: AgentParts["systemPrompt"];
  readonly checks?: AgentParts["checks"];
  readonly instructionsBelow?: AgentParts["instructionsBelow"];
  /** What was in the log before this turn. */
  readonly before?: readonly SessionEvent[];
  /** What is steered in each time that the turn asks. */
  readonly steered?: () => Promise<readonly SteeredPrompt[]>;
}

export interface Stage {
  readonly emitted: Emitted[];
  readonly requests: ModelRequest[];
  readonly questions: PermissionRequest[];
  readonly waits: number[];
  readonly stop: AbortController;
  /** Resolves when an update is emitted that the test waits for. */
  seen(wanted: (update: SessionUpdate) => boolean): Promise<void>;
  run(): Promise<TurnOutcome>;
  compact(): Promise<TurnOutcome>;
}

export const allowAll = (): Verdict => ({
  type: "allow",
  by: { kind: "mode", id: "auto", name: "auto" },
  reach: [],
});

export function stage(options: StageOptions): Stage {
  const fold = emptyHistoryFold();
  const emitted: Emitted[] = [];
  const requests: ModelRequest[] = [];
  const questions: PermissionRequest[] = [];
  const waits: number[] = [];
  const stop = new AbortController();
  const watchers: { wanted: (update: SessionUpdate) => boolean; found: () => void }[] = [];
  const record = (update: SessionUpdate, place: UpdatePlace = {}) => {
    const event: SessionEvent = { seq: emitted.length + 1, at: "2026-01-01T00:00:00.000Z", update, ...place };
    applyToHistory(fold, event);
    for (const watcher of watchers) if (watcher.wanted(update)) watcher.found();
  };
  for (const event of options.before ?? []) applyToHistory(fold, event);
  record({
    sessionUpdate: "user_message_chunk",
    messageId: "p1",
    content: { type: "text", text: options.prompt ?? "Do it" },
  });
  let mode: SessionMode = options.mode ?? "auto";
  const turn: AgentTurn = {
    sessionId: "session-1",
    turnId: "t1",
    prompt: options.isContinued === true ? [] : [{ type: "text", text: options.prompt ?? "Do it" }],
    root: "/project",
    model: "test/model",
    effort: null,
    history: (parent) => (parent === undefined ? [...fold.items] : [...subagentHistory(fold, parent)]),
    async takeSteered() {
      const prompts = (await options.steered?.()) ?? [];
      for (const { promptId, content } of prompts)
        for (const block of content)
          turn.emit({ sessionUpdate: "user_message_chunk", messageId: promptId, content: block });
      return prompts;
    },
    mode: () => mode,
    setMode: (next) => {
      mode = next;
    },
    emit(update, place = {}) {
      emitted.push({ update, ...place });
      record(update, place);
    },
    async emitDurable(update, place = {}) {
      await options.emitDurable?.(update);
      emitted.push({ update, durable: true, ...place });
      record(update, place);
    },
    async requestPermission(request) {
      questions.push(request);
      return (await options.answer?.(request)) ?? { type: "cancelled" };
    },
    checkpointTaken: () => Promise.resolve(),
    signal: stop.signal,
  };
  const script = [...options.responses];
  const model: Model = {
    describe: () => Promise.resolve({ ...unknownFacts, ...options.facts }),
    async *stream(request, signal) {
      requests.push(structuredClone(request));
      const next = script.shift();
      if (next === undefined) throw new Error("The script has no more responses.");
      yield* typeof next === "function" ? next(request, signal) : next;
    },
  };
  const parts: AgentParts = {
    model: options.model ?? model,
    tools: createToolBook(options.tools ?? []),
    policy: { judge: ({ access }) => (options.judge ?? allowAll)(access) },
    systemPrompt: options.systemPrompt ?? (() => ({ rules: "SYSTEM", instructions: "" })),
    instructionsBelow: options.instructionsBelow ?? (() => Promise.resolve("")),
    endedJobs: options.endedJobs ?? (() => []),
    ...(options.checks === undefined ? {} : { checks: options.checks }),
    factor: new TokenFactor(),
    locks: new FileLocks(),
    seen: new SeenFiles(),
    digest: (pieces) => pieces.join("|"),
    wait:
      options.wait ??
      (async (ms) => {
        waits.push(ms);
      }),
    random: () => options.chance ?? 0,
  };
  return {
    emitted,
    requests,
    questions,
    waits,
    stop,
    seen: (wanted) => new Promise((found) => watchers.push({ wanted, found })),
    run: () => runTurn(turn, parts),
    compact: () => runCompaction(turn, parts),
  };
}

/** The text of each finished call, by toolCallId, in the order in which they finished. */
export function results(emitted: readonly Emitted[]): Record<string, string> {
  const texts = emitted.flatMap(({ update }) => {
    if (update.sessionUpdate !== "tool_call_update" || update.content == null) return [];
    const last = update.content.at(-1);
    return last?.type === "content" && last.content.type === "text"
      ? [[update.toolCallId, last.content.text] as const]
      : [];
  });
  return Object.fromEntries(texts);
}
