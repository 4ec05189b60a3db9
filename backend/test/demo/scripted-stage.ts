/** The scripted model on a socket of its own, and what it answers with. */
import { request as httpRequest } from "node:http";
import { onTestFinished } from "vitest";
import type { ScriptedReply } from "../../src/demo/scripted-model/script.ts";
import {
  type ScriptedModel,
  type ScriptedModelOptions,
  startScriptedModel,
} from "../../src/demo/scripted-server.ts";

/** A model that ends with the test. */
export async function start(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const model = await startScriptedModel(options);
  onTestFinished(() => model.close());
  return model;
}

/** A model that gives these replies in order. */
export function replying(...replies: readonly ScriptedReply[]): Promise<ScriptedModel> {
  return start({ script: { steps: replies.map((reply) => ({ reply })) } });
}

/** What a product offers. */
export const tools = [{ type: "function", function: { name: "read", parameters: { type: "object" } } }];
export const hello = [{ role: "user", content: "hello" }];

/** Asks for a completion. */
export function post(
  model: ScriptedModel,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  const whole = { model: "scripted", messages: hello, ...body };
  return fetch(`${model.baseUrl}/chat/completions`, { method: "POST", headers, body: JSON.stringify(whole) });
}

/** The data of the stream's events, what differs from run to run left out. */
export async function streamed(response: Response): Promise<unknown[]> {
  const lines = (await response.text()).split("\n\n").filter((line) => line !== "");
  return lines.map((line) => {
    if (line === "data: [DONE]") return "[DONE]";
    const { id: _id, created: _created, object: _object, model: _model, ...rest } = JSON.parse(line.slice(6));
    return rest;
  });
}

/** An event with this content. */
export function delta(content: object, reason: string | null = null): object {
  return { choices: [{ index: 0, delta: content, finish_reason: reason }] };
}

/** The first event. */
export const opening = delta({ role: "assistant", content: "" });

/** What arrives before the connection breaks: fetch would forget what nobody has read by then. */
export function untilBroken({ port }: ScriptedModel, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: "127.0.0.1", port, path: "/v1/chat/completions", method: "POST" },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        response.once("error", () => resolve(text));
        response.once("end", () => reject(new Error("the stream was not broken")));
      },
    );
    sent.once("error", reject).end(body);
  });
}
