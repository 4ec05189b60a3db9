/** A script on a running program: sends a prompt, allows every question, and hands back all that it was streamed. */
import { createParser } from "eventsource-parser";
import * as z from "zod";
import { startScriptedModel } from "../../src/demo/scripted-server.ts";
import { SessionSummary } from "../../src/protocol/session.ts";
import { SessionEvent, type SessionUpdate } from "../../src/protocol/session-update.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { runProgram } from "../support/running-program.ts";

const AddedDevice = z.object({ id: z.string(), token: z.string() });

/** A model that runs what the prompt says after “run: ”, and then says “done”. */
export function obedientModel(apiKey?: string) {
  return startScriptedModel({
    script: {
      fallback: ({ request, lastResults }) => {
        const [, command] =
          /run: ([^\n]*)$/m.exec(JSON.parse(JSON.stringify(request.messages.at(-1)?.content ?? ""))) ?? [];
        if (lastResults.length > 0 || command === undefined) return { text: "done" };
        return { calls: [{ tool: "shell", arguments: { command } }] };
      },
    },
    ...(apiKey === undefined ? {} : { apiKey }),
  });
}

export interface DrivenTurn {
  readonly updates: readonly SessionUpdate[];
  /** Everything as it came over the wire. */
  readonly wire: string;
  /** What the calls printed. */
  readonly output: string;
}

/** Pairs itself over the command line, and drives one turn in a new session of `project` to its end. */
export async function driveTurn(
  server: RunningProgram,
  place: { home: string; project: string },
  prompt: string,
): Promise<DrivenTurn> {
  const added = await runProgram(["devices", "add", "--name", "driver", "--json"], { home: place.home });
  const { token } = AddedDevice.parse(JSON.parse(added.output));
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const post = (path: string, body: unknown) =>
    fetch(`${server.address}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const made = await post("/api/sessions", { project: place.project });
  const { id } = SessionSummary.parse(await made.json());
  await post(`/api/sessions/${id}/prompts`, { id: "prompt-0001", content: [{ type: "text", text: prompt }] });
  const stream = await fetch(`${server.address}/api/sessions/${id}/events?after=0`, {
    headers: { ...headers, accept: "text/event-stream" },
  });
  const updates: SessionUpdate[] = [];
  const parser = createParser({
    onEvent: ({ data }) => void updates.push(SessionEvent.parse(JSON.parse(data)).update),
  });
  let wire = "";
  let seen = 0;
  const decoder = new TextDecoder();
  for await (const bytes of stream.body ?? []) {
    const text = decoder.decode(bytes, { stream: true });
    wire += text;
    parser.feed(text);
    for (const update of updates.slice(seen)) {
      if (update.sessionUpdate === "request_permission")
        await post(`/api/sessions/${id}/permissions/${update.requestId}`, {
          optionId: update.options.find(({ kind }) => kind === "allow_once")?.optionId,
          digest: update.digest,
        });
    }
    seen = updates.length;
    if (updates.some((update) => update.sessionUpdate === "state_update" && update.state === "idle")) break;
  }
  const output = updates
    .map((update) => (update.sessionUpdate === "tool_output_chunk" ? update.text : ""))
    .join("");
  return { updates, wire, output };
}
