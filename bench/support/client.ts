/** Talks to a running VoxPilot as a script would: bearer token, JSON, event streams. */
import { randomUUID } from "node:crypto";
import { createParser } from "eventsource-parser";
import { request } from "undici";
import type { Product } from "../../e2e/support/product.ts";

/** What a benchmark looks at in an event; the rest is there and unread. */
export interface BenchEvent {
  readonly seq: number;
  readonly update: {
    readonly sessionUpdate: string;
    readonly state?: string;
    readonly stopReason?: string;
    readonly problem?: unknown;
    readonly requestId?: string;
    readonly digest?: string;
    readonly content?: { readonly text?: string };
  };
}

/** The body of a stream as it is read. */
export interface OpenStream {
  readonly bytes: AsyncIterable<Buffer>;
  close(): void;
}

export class BenchClient {
  readonly #origin: string;
  readonly #token: string;

  private constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#token = token;
  }

  /** Adds a device to the running product and speaks as that. */
  static async add(product: Product): Promise<BenchClient> {
    const printed = await product.command(["devices", "add", "--name", "bench", "--json"]);
    const { token }: { token: string } = JSON.parse(printed);
    return new BenchClient(product.origin, token);
  }

  /** The same device, at the product when that was started again. */
  at(product: Product): BenchClient {
    return new BenchClient(product.origin, this.#token);
  }

  get token(): string {
    return this.#token;
  }

  async createSession(project: string): Promise<string> {
    const { id } = await this.#post<{ id: string }>("/api/sessions", { project });
    return id;
  }

  /** Resolves when the prompt was accepted, which is when it is on disk. */
  async prompt(sessionId: string, text: string): Promise<void> {
    const body = { id: randomUUID(), content: [{ type: "text", text }] };
    await this.#post(`/api/sessions/${sessionId}/prompts`, body);
  }

  /** Every event of a session after a position, until `take` returns true. */
  async follow(sessionId: string, take: (event: BenchEvent) => boolean, after = 0): Promise<void> {
    const address = `${this.#origin}/api/sessions/${sessionId}/events?after=${after}`;
    const { statusCode, body } = await request(address, {
      headers: { ...this.#headers(), accept: "text/event-stream" },
    });
    if (statusCode !== 200) throw new Error(`The event stream answered ${statusCode}.`);
    let isDone = false;
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event !== "ping") isDone ||= take(JSON.parse(data));
      },
    });
    const decoder = new TextDecoder();
    // Leaving the loop closes the connection.
    for await (const chunk of body) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (isDone) break;
    }
    if (!isDone) throw new Error("The event stream ended early.");
  }

  /** Resolves when the session's turn is over; throws when it did not end well. */
  async turnEnd(sessionId: string): Promise<void> {
    await this.follow(sessionId, isGoodEnd);
  }

  /** The same, allowing once whatever is asked. */
  async turnEndAllowingAll(sessionId: string): Promise<void> {
    const decisions: Promise<unknown>[] = [];
    await this.follow(sessionId, (event) => {
      const { sessionUpdate, requestId, digest } = event.update;
      if (sessionUpdate === "request_permission") {
        const decision = { optionId: "allow_once", digest };
        decisions.push(this.#post(`/api/sessions/${sessionId}/permissions/${requestId}`, decision));
      }
      return isGoodEnd(event);
    });
    await Promise.all(decisions);
  }

  /** The last seq of a session. */
  async lastSeq(sessionId: string): Promise<number> {
    const { lastSeq }: { lastSeq: number } = JSON.parse(String(await this.get(`/api/sessions/${sessionId}`)));
    return lastSeq;
  }

  /** A GET answered whole; resolves to the bytes as they came. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Buffer> {
    const { statusCode, body } = await request(`${this.#origin}${path}`, {
      headers: { ...this.#headers(), accept: "application/json", ...headers },
    });
    const bytes = Buffer.from(await body.arrayBuffer());
    if (statusCode !== 200) throw new Error(`GET ${path} answered ${statusCode}: ${bytes}`);
    return bytes;
  }

  /** An open event stream, byte for byte as it comes; `close` cuts it. */
  async open(path: string, encoding: "gzip" | "identity"): Promise<OpenStream> {
    const { statusCode, body } = await request(`${this.#origin}${path}`, {
      headers: { ...this.#headers(), accept: "text/event-stream", "accept-encoding": encoding },
    });
    if (statusCode !== 200) throw new Error(`GET ${path} answered ${statusCode}.`);
    // Cutting it is no failure.
    body.on("error", () => undefined);
    return { bytes: body, close: () => void body.destroy() };
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` };
  }

  async #post<Answer>(path: string, content: unknown): Promise<Answer> {
    const { statusCode, body } = await request(`${this.#origin}${path}`, {
      method: "POST",
      headers: { ...this.#headers(), "content-type": "application/json" },
      body: JSON.stringify(content),
    });
    const answer = await body.text();
    if (statusCode >= 300) throw new Error(`POST ${path} answered ${statusCode}: ${answer}`);
    return JSON.parse(answer);
  }
}

/** Whether the turn is over. A turn that ended in a problem would measure nothing: it throws. */
export function isGoodEnd({ update }: BenchEvent): boolean {
  if (update.sessionUpdate !== "state_update" || update.state !== "idle") return false;
  if (update.stopReason !== "end_turn") throw new Error(`The turn ended badly: ${JSON.stringify(update)}`);
  return true;
}
