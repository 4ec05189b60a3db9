/** GitHub's device flow: the server polls, once for each browser however many tabs it has, and finishes the sign-in by itself. */
import { randomBytes } from "node:crypto";
import type { DeviceFlowStart, SignInFailure } from "../../protocol/github.ts";
import { createToken, equalHashes, hashSecret } from "../secret.ts";
import type { Clock } from "./clock.ts";
import { type PollingEnd, pollForToken } from "./device-polling.ts";
import { findRoom, type SlotOwner, type TakenSlot } from "./flow-slots.ts";
import type { DeviceGrant, GitHubClient } from "./github-client.ts";

/** Those that have ended are remembered for their browsers to hear of it. */
const maxRemembered = 40;
/** An ended flow answers so long at least. */
const memoryMs = 5 * 60_000;

/** How the completing of a sign-in ended. */
export type FlowEnd<Result> =
  | { readonly status: "done"; readonly result: Result }
  | { readonly status: "failed"; readonly reason: SignInFailure; readonly detail?: string | undefined };

/** Where a flow stands; `intervalSeconds` is how often GitHub is asked now. */
export type FlowState<Result> =
  | { readonly status: "pending"; readonly intervalSeconds: number }
  | FlowEnd<Result>;

/** A flow begun for another owner is not taken up. */
export interface FlowRequest<Result> extends SlotOwner {
  /** The secret that the browser holds from a flow before this, or null. */
  readonly browser: string | null;
  /** Called once, with a token that GitHub gave. */
  readonly complete: (token: string) => Promise<FlowEnd<Result>>;
}

export type FlowBeginning =
  | { readonly type: "begun"; readonly start: DeviceFlowStart; readonly browser: string }
  /** Too many at once; the first ends after this time. */
  | { readonly type: "full"; readonly waitMs: number };

interface Flow<Result> extends TakenSlot {
  readonly start: DeviceFlowStart;
  readonly browserHash: string;
  /** Ends the polling of a flow that gives way. */
  readonly gaveWay: AbortController;
  askedAt: number;
  state: FlowState<Result>;
  forgetAt: number;
}

export interface DeviceFlowsOptions {
  readonly client: GitHubClient;
  readonly clock: Clock;
  /** Aborted when the server stops: then polling stops. */
  readonly stopping: AbortSignal;
  readonly onUnexpected: (error: unknown) => void;
}

/** All flows of a server. In memory alone: after a restart a browser begins anew. */
export class DeviceFlows<Result> {
  readonly #options: DeviceFlowsOptions;
  readonly #flows = new Map<string, Flow<Result>>();
  /** Flows that GitHub is being asked for: they count already. */
  readonly #beginning = new Set<TakenSlot>();

  constructor(options: DeviceFlowsOptions) {
    this.#options = options;
  }

  /** Begins a flow, or takes up the one that this browser has pending. Rejects with `GitHubError`. */
  async begin(request: FlowRequest<Result>): Promise<FlowBeginning> {
    this.#sweep();
    const pending = this.#pendingOf(request);
    if (pending !== null && request.browser !== null) {
      pending.askedAt = this.#options.clock.now();
      return { type: "begun", start: pending.start, browser: request.browser };
    }
    const waitMs = this.#makeRoom(request);
    if (waitMs > 0) return { type: "full", waitMs };
    const { client, owner } = request;
    const slot = { client, owner, askedAt: this.#options.clock.now(), expiresAt: Number.POSITIVE_INFINITY };
    this.#beginning.add(slot);
    try {
      return this.#add(request, await this.#options.client.startDeviceFlow(this.#options.stopping));
    } finally {
      this.#beginning.delete(slot);
    }
  }

  /** Where a flow stands, for the browser that began it; null for any other. */
  stateOf(id: string, browser: string | null): FlowState<Result> | null {
    this.#sweep();
    const flow = this.#flows.get(id);
    if (flow === undefined || browser === null) return null;
    if (!equalHashes(flow.browserHash, hashSecret(browser))) return null;
    flow.askedAt = this.#options.clock.now();
    return flow.state;
  }

  #add(request: FlowRequest<Result>, grant: DeviceGrant): FlowBeginning {
    const browser = createToken();
    const askedAt = this.#options.clock.now();
    const expiresAt = askedAt + grant.expires_in * 1_000;
    const start: DeviceFlowStart = {
      flow: randomBytes(18).toString("base64url"),
      user_code: grant.user_code,
      verification_uri: grant.verification_uri,
      expires_at: new Date(expiresAt).toISOString(),
    };
    const flow: Flow<Result> = {
      start,
      browserHash: hashSecret(browser),
      client: request.client,
      owner: request.owner,
      gaveWay: new AbortController(),
      askedAt,
      expiresAt,
      state: { status: "pending", intervalSeconds: grant.interval },
      forgetAt: expiresAt + memoryMs,
    };
    this.#flows.set(start.flow, flow);
    this.#run(flow, grant, request.complete).catch((error: unknown) => {
      this.#end(flow, { status: "failed", reason: "failed" });
      this.#options.onUnexpected(error);
    });
    return { type: "begun", start, browser };
  }

  async #run(
    flow: Flow<Result>,
    grant: DeviceGrant,
    complete: FlowRequest<Result>["complete"],
  ): Promise<void> {
    const { client, clock, stopping } = this.#options;
    const end = await pollForToken({
      grant,
      client,
      clock,
      expiresAt: flow.expiresAt,
      signal: AbortSignal.any([stopping, flow.gaveWay.signal]),
      onInterval: (intervalSeconds) => {
        flow.state = { status: "pending", intervalSeconds };
      },
    });
    const state = await endOf(end, complete);
    // Stopped: nobody will ask any more, or it has ended by giving way.
    if (state !== null) this.#end(flow, state);
  }

  #end(flow: Flow<Result>, state: FlowEnd<Result>): void {
    flow.state = state;
    flow.forgetAt = Math.max(flow.expiresAt, this.#options.clock.now() + memoryMs);
  }

  #pendingOf({ browser, owner }: FlowRequest<Result>): Flow<Result> | null {
    if (browser === null) return null;
    const hash = hashSecret(browser);
    const found = [...this.#flows.values()].find(
      (flow) =>
        flow.state.status === "pending" && flow.owner === owner && equalHashes(flow.browserHash, hash),
    );
    return found ?? null;
  }

  /** Ends a flow that must give way; how long to wait when none must, or 0. */
  #makeRoom(request: SlotOwner): number {
    const pending = [...this.#flows.values()].filter((flow) => flow.state.status === "pending");
    const ids = new Map<TakenSlot, Flow<Result>>(pending.map((flow) => [flow, flow]));
    const room = findRoom([...pending, ...this.#beginning], request, this.#options.clock.now());
    if (room.type === "full") return room.waitMs;
    const flow = room.givesWay === null ? undefined : ids.get(room.givesWay);
    if (flow !== undefined) {
      this.#end(flow, { status: "failed", reason: "expired" });
      flow.gaveWay.abort();
    }
    return 0;
  }

  #sweep(): void {
    const now = this.#options.clock.now();
    const ended = [...this.#flows].filter(([, flow]) => flow.state.status !== "pending");
    for (const [index, [id, flow]] of ended.entries()) {
      if (flow.forgetAt <= now || index < ended.length - maxRemembered) this.#flows.delete(id);
    }
  }
}

function endOf<Result>(
  end: PollingEnd,
  complete: FlowRequest<Result>["complete"],
): Promise<FlowEnd<Result>> | FlowEnd<Result> | null {
  switch (end.type) {
    case "token":
      return complete(end.token);
    case "failed":
      return { status: "failed", reason: end.error.reason, detail: end.error.detail };
    case "stopped":
      return null;
  }
}
