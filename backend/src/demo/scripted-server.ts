/**
 * A model that plays a script behind a real OpenAI-compatible HTTP endpoint on loopback: for the demo, tests and benchmarks.
 * It ends with the process that started it.
 */
import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import * as z from "zod";
import { ChatRequest, countTokens, type TokenCounter } from "./scripted-model/chat-request.ts";
import { type ErrorAnswer, readJson, sendError, sendJson, sendScriptedError } from "./scripted-model/http.ts";
import { type Gate, refusal } from "./scripted-model/refusal.ts";
import { prepareReply } from "./scripted-model/reply-events.ts";
import { type ReplySpeed, sendReply } from "./scripted-model/reply-sender.ts";
import { type LoggedRequest, RequestLog } from "./scripted-model/request-log.ts";
import type { Script, ScriptedModelEntry } from "./scripted-model/script.ts";
import { type Answer, ScriptRun, type Violation } from "./scripted-model/script-run.ts";

export interface ScriptedModelOptions {
  readonly script: Script;
  /** Default: 0, any free one. */
  readonly port?: number;
  /** Asked for as a bearer token when given. */
  readonly apiKey?: string;
  /** A larger request is answered 413. */
  readonly tokenLimit?: number;
  /** So is one that is larger together with the room that it asks for its answer, as where tokens are limited by the minute. */
  readonly minuteLimit?: number;
  /** Counts requests for the limit, the log and the usage. Default: four bytes a token. */
  readonly countTokens?: TokenCounter;
  /** "scripted" (default): as the replies say. "instant": no delays at all. A number: tokens per second for every reply. */
  readonly speed?: ReplySpeed;
  /** How many requests are kept with their bodies, the newest. Default: 1,000. */
  readonly loggedRequests?: number;
  /** Called as soon as a request's body has been read. */
  readonly onRequest?: (request: LoggedRequest) => void;
}

export interface ScriptedModel {
  /** Ends in `/v1`, without a slash. */
  readonly baseUrl: string;
  readonly port: number;
  /** Every chat request, oldest first: bodies, never headers or keys. */
  requests(): readonly LoggedRequest[];
  violations(): readonly Violation[];
  /** True once every step was answered. */
  isDone(): boolean;
  /** Back to the first step; the log and the violations are emptied. */
  reset(): void;
  /** The step that comes next, 0-based. */
  goto(step: number): void;
  /** Lets every held stream go on. */
  release(): void;
  /** Breaks off what is being answered and stops listening. */
  close(): Promise<void>;
}

const defaultModels: readonly ScriptedModelEntry[] = [{ id: "scripted", name: "Scripted model" }];
const GotoRequest = z.object({ step: z.int().nonnegative() });
const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** Listens on 127.0.0.1 alone. Rejects when the port is taken. */
export async function startScriptedModel(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const model = new ScriptedModelServer(options);
  await model.listen(options.port ?? 0);
  return model;
}

class ScriptedModelServer implements ScriptedModel {
  readonly #options: ScriptedModelOptions;
  readonly #run: ScriptRun;
  readonly #log: RequestLog;
  readonly #server: Server;
  readonly #releases = new EventEmitter().setMaxListeners(0);

  constructor(options: ScriptedModelOptions) {
    this.#options = options;
    this.#run = new ScriptRun(options.script);
    this.#log = new RequestLog(options.loggedRequests ?? 1000, options.countTokens ?? countTokens);
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.requestTimeout = 0;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  requests(): readonly LoggedRequest[] {
    return this.#log.requests;
  }

  violations(): readonly Violation[] {
    return this.#run.violations;
  }

  isDone(): boolean {
    return this.#run.isDone;
  }

  reset(): void {
    this.#run.reset();
    this.#log.clear();
  }

  goto(step: number): void {
    this.#run.goto(step);
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => resolve());
    });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  release(): void {
    this.#releases.emit("release");
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      // A page elsewhere in the browser must not drive it, whatever name it gave this address.
      const isForeign =
        request.headers.origin !== undefined || !loopbackHost.test(request.headers.host ?? "");
      if (isForeign)
        return sendError(response, { status: 403, code: "forbidden", message: "Only for local programs" });
      await this.#route(request, response);
    } catch (error) {
      // The reader has left, or the server closes: nobody is there to be told.
      if (response.closed) return;
      this.#run.report(this.#log.count, `the script failed: ${error}`);
      if (response.headersSent) return void response.destroy();
      sendError(response, { status: 500, code: "script_failed", message: `The script failed: ${error}` });
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", this.baseUrl).pathname;
    switch (`${request.method} ${path}`) {
      case "GET /v1/models":
        return sendJson(response, 200, { object: "list", data: this.#models().map(listedModel) });
      case "POST /v1/chat/completions":
        return await this.#chat(request, response);
      case "GET /_state":
        return sendJson(response, 200, this.#state());
      case "POST /_reset":
        this.reset();
        return sendJson(response, 200, this.#state());
      case "POST /_goto": {
        const parsed = GotoRequest.safeParse(await readJson(request));
        if (!parsed.success) return sendError(response, notUnderstood(parsed.error));
        this.goto(parsed.data.step);
        return sendJson(response, 200, this.#state());
      }
      default:
        return sendError(response, { status: 404, code: "not_found", message: `Nothing at ${path}` });
    }
  }

  async #chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedAtMs = performance.timeOrigin + performance.now();
    const parsed = ChatRequest.safeParse(await readJson(request));
    if (!parsed.success) {
      this.#run.report(this.#log.count + 1, `not a chat request: ${parsed.error.message}`);
      return sendError(response, notUnderstood(parsed.error));
    }
    const logged = this.#log.add(parsed.data, { step: this.#run.position, receivedAtMs });
    this.#options.onRequest?.(logged);
    response.once("finish", () => this.#log.end(logged, "answered"));
    response.once("close", () => this.#log.end(logged, "broken_off"));
    const refused = refusal(parsed.data, request.headers.authorization, this.#gate(logged));
    for (const reason of refused?.violations ?? []) this.#run.report(logged.number, reason);
    if (refused) return sendError(response, refused.answer);
    const answer = await this.#run.answer(parsed.data, logged.number);
    await this.#send(response, logged, answer);
  }

  #gate({ tokens }: LoggedRequest): Gate {
    const { apiKey, tokenLimit, minuteLimit } = this.#options;
    return { modelIds: this.#models().map(({ id }) => id), apiKey, tokenLimit, minuteLimit, tokens };
  }

  async #send(response: ServerResponse, logged: LoggedRequest, answer: Answer): Promise<void> {
    this.#log.answer(logged, answer.type === "exhausted" ? null : answer.from);
    switch (answer.type) {
      case "exhausted": {
        const message = "The script has no answer to this request";
        return sendError(response, { status: 400, code: "script_exhausted", message });
      }
      case "error":
        return sendScriptedError(response, answer.error);
      case "reply": {
        const prepared = await prepareReply(answer.reply, answer.conversation, {
          toolNames: this.#options.script.toolNames ?? {},
          inputTokens: logged.tokens,
        });
        return await sendReply(response, prepared, {
          isStream: logged.body.stream === true,
          speed: this.#options.speed ?? "scripted",
          released: async (signal) => void (await once(this.#releases, "release", { signal })),
        });
      }
    }
  }

  #models(): readonly ScriptedModelEntry[] {
    return this.#options.script.models ?? defaultModels;
  }

  #state(): Record<string, unknown> {
    return {
      done: this.#run.isDone,
      step: this.#run.position,
      violations: this.#run.violations,
      requestCount: this.#log.count,
      requests: this.#log.requests.map(({ body: _body, ...rest }) => rest),
    };
  }
}

function notUnderstood({ message }: z.ZodError): ErrorAnswer {
  return { status: 400, code: "invalid_request", message };
}

/** `name` and `context_length` are not OpenAI's, but what other catalogues send. */
function listedModel({ id, name, contextWindow, facts }: ScriptedModelEntry): Record<string, unknown> {
  const size = contextWindow === undefined ? {} : { context_length: contextWindow };
  return { id, object: "model", created: 0, owned_by: "voxpilot", name, ...size, ...facts };
}
