/** Several people at once on several sessions: each sends one prompt after the other, and allows what is asked. All is written down. */
import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import * as z from "zod";
import type { SessionEvent } from "../../src/protocol/session-update.ts";
import type { Random } from "../support/long-form.ts";
import type { DrivenServer, Home } from "./driven-server.ts";

const Receipt = z.object({ id: z.string(), seq: z.int() });

interface Sent {
  readonly id: string;
  readonly words: string;
  /** The seq that was answered; null: no answer came. */
  seq: number | null;
}

/** What one person sent into one session, in order. */
interface Person {
  readonly name: string;
  readonly sessionId: string;
  readonly sent: Sent[];
}

interface Decision {
  readonly sessionId: string;
  readonly requestId: string;
  isAcknowledged: boolean;
}

/** The load on one state folder, over any number of servers that are killed under it. */
export class PromptLoad {
  readonly #home: Home;
  readonly #random: Random;
  readonly #people: Person[] = [];
  readonly #decisions = new Map<string, Decision>();
  readonly #sessions: string[] = [];
  #inFlight = 0;
  #onDecision: () => void = () => undefined;
  #onFlight: () => void = () => undefined;
  acknowledged = 0;

  constructor(home: Home, random: Random) {
    this.#home = home;
    this.#random = random;
  }

  /** Ids of prompts that were answered. */
  acknowledgedIds(): string[] {
    return this.#people.flatMap(({ sent }) => sent.flatMap(({ id, seq }) => (seq === null ? [] : [id])));
  }

  /** Decisions that were acknowledged. */
  get decided(): number {
    return [...this.#decisions.values()].filter(({ isAcknowledged }) => isAcknowledged).length;
  }

  /** Requests that have no answer yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Resolves as soon as a request is on its way. */
  async untilInFlight(): Promise<void> {
    if (this.#inFlight > 0) return;
    await new Promise<void>((resolve) => {
      this.#onFlight = resolve;
    });
  }

  /** Resolves when the next decision is on its way. */
  async untilDecided(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onDecision = resolve;
    });
  }

  /** Makes new sessions for the people to come. */
  async openSessions(server: DrivenServer, count: number): Promise<void> {
    for (let made = 0; made < count; made += 1) {
      const id = `session-${this.#sessions.length + 1}-of-load`;
      const answer = await server.request("POST /api/sessions", { id, project: this.#home.project });
      if (answer?.status !== 201) throw new Error(`No session: ${JSON.stringify(answer)}`);
      this.#sessions.push(id);
      for (const name of ["a", "b"]) this.#people.push({ name: `${id}-${name}`, sessionId: id, sent: [] });
    }
  }

  /** Everybody on the newest `sessions` sessions sends and decides, until the server is gone. */
  async run(
    server: DrivenServer,
    { sessions, promptsEach }: { sessions: number; promptsEach: number },
  ): Promise<void> {
    const live = this.#sessions.slice(-sessions);
    const stops = live.map((id) => server.follow(id, (event) => this.#decide(server, id, event)));
    const people = this.#people.filter(({ sessionId }) => live.includes(sessionId));
    await Promise.all(people.map((person) => this.#talk(server, person, promptsEach)));
    await server.gone;
    for (const stop of stops) stop();
  }

  /** After a start: what was acknowledged is there once, in order, and nothing that was never sent. Unanswered prompts are sent again. */
  async check(server: DrivenServer, sessions: number): Promise<void> {
    for (const id of this.#sessions.slice(-sessions)) {
      const before = await server.events(id);
      this.#expectPrompts(id, before);
      this.#expectDecisions(id, before);
      await this.#sendAgain(server, id, before);
    }
    await this.#expectCanary();
  }

  async #talk(server: DrivenServer, person: Person, count: number): Promise<void> {
    let isThere = true;
    for (let left = count; isThere && left > 0; left -= 1) {
      const number = person.sent.length + 1;
      const id = `${person.name}-${number}`;
      // A mark for each prompt that is run; many only talk, so that there are answers of every kind.
      const words = count === 1 || this.#random.below(3) === 0 ? `run: echo ${id} >> canary.txt` : "say: 3";
      const sent: Sent = { id, words, seq: null };
      person.sent.push(sent);
      isThere = await this.#send(server, person.sessionId, sent);
    }
  }

  async #send(server: DrivenServer, sessionId: string, sent: Sent): Promise<boolean> {
    const { id, words } = sent;
    const body = { id, content: [{ type: "text", text: words }] };
    const ask = () => this.#flying(server.request(`POST /api/sessions/${sessionId}/prompts`, body));
    let answer = await ask();
    // No more fit into the queue: it is asked again until one was taken up.
    while (answer?.status === 409) answer = await ask();
    if (answer === null) return false;
    if (answer.status !== 202) throw new Error(`Refused: ${JSON.stringify(answer)}`);
    const { seq } = Receipt.parse(answer.body);
    // The same id has the same answer for ever.
    if (sent.seq !== null) expect([id, seq]).toEqual([id, sent.seq]);
    sent.seq = seq;
    this.acknowledged += 1;
    return true;
  }

  #decide(server: DrivenServer, sessionId: string, { update }: SessionEvent): void {
    if (update.sessionUpdate !== "request_permission") return;
    const { requestId, digest, options } = update;
    if (this.#decisions.has(requestId)) return;
    const decision: Decision = { sessionId, requestId, isAcknowledged: false };
    this.#decisions.set(requestId, decision);
    this.#onDecision();
    const optionId = options.find(({ kind }) => kind === "allow_once")?.optionId;
    const call = `POST /api/sessions/${sessionId}/permissions/${requestId}`;
    void this.#flying(server.request(call, { optionId, digest })).then((answer) => {
      decision.isAcknowledged = answer !== null && answer.status < 300;
    });
  }

  async #flying<Result>(work: Promise<Result>): Promise<Result> {
    this.#inFlight += 1;
    this.#onFlight();
    try {
      return await work;
    } finally {
      this.#inFlight -= 1;
    }
  }

  #expectPrompts(sessionId: string, events: readonly SessionEvent[]): void {
    const queued = events.filter(({ update }) => update.sessionUpdate === "prompt_queued");
    const places = new Map<string, number>();
    for (const { update, seq } of queued) {
      if (update.sessionUpdate !== "prompt_queued") continue;
      expect([update.promptId, places.has(update.promptId)]).toEqual([update.promptId, false]);
      places.set(update.promptId, seq);
    }
    const people = this.#people.filter((person) => person.sessionId === sessionId);
    for (const { sent } of people) {
      // Each person's survivors are the first of what was sent, with every acknowledged one at its place.
      const survivors = sent.filter(({ id }) => places.has(id));
      expect(survivors).toEqual(sent.slice(0, survivors.length));
      for (const { id, seq } of sent) if (seq !== null) expect([id, places.get(id)]).toEqual([id, seq]);
    }
    const known = new Set(people.flatMap(({ sent }) => sent.map(({ id }) => id)));
    expect([...places.keys()].filter((id) => !known.has(id))).toEqual([]);
  }

  #expectDecisions(sessionId: string, events: readonly SessionEvent[]): void {
    const allowed = events.flatMap(({ update }) =>
      update.sessionUpdate === "permission_outcome" && update.outcome.outcome === "selected"
        ? [update.requestId]
        : [],
    );
    expect(new Set(allowed).size).toBe(allowed.length);
    const decisions = [...this.#decisions.values()].filter((decision) => decision.sessionId === sessionId);
    for (const { requestId, isAcknowledged } of decisions)
      if (isAcknowledged) expect(allowed).toContain(requestId);
    for (const requestId of allowed) expect(this.#decisions.has(requestId)).toBe(true);
  }

  async #sendAgain(server: DrivenServer, sessionId: string, before: readonly SessionEvent[]): Promise<void> {
    for (const person of this.#people.filter((one) => one.sessionId === sessionId)) {
      const last = person.sent.at(-1);
      if (last === undefined || last.seq !== null) continue;
      const survived = before.find(
        ({ update }) => update.sessionUpdate === "prompt_queued" && update.promptId === last.id,
      );
      await this.#send(server, sessionId, last);
      if (survived !== undefined) expect([last.id, last.seq]).toEqual([last.id, survived.seq]);
    }
  }

  /** No command ran twice. */
  async #expectCanary(): Promise<void> {
    const text = await readFile(this.#home.canary, "utf8").catch(() => "");
    const marks = text.split("\n").filter((mark) => mark !== "");
    expect(marks.filter((mark, index) => marks.indexOf(mark) !== index)).toEqual([]);
  }
}
