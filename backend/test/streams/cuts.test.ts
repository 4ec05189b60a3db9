/** Streams that are cut at any byte while events arrive, and opened anew: in the end every screen shows the same. */
import { expect, test } from "vitest";
import type { Random } from "../support/long-form.ts";
import { rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import { type LiveSession, liveSession } from "./live-session.ts";
import { StreamClient, type StreamKind } from "./stream-client.ts";
import { mixedUpdates } from "./written-session.ts";

interface Cutting {
  readonly kind: StreamKind;
  readonly cuts: number;
  readonly random: Random;
}

/** Cuts one screen's stream so often; each piece that comes makes the turn say more. */
async function cutOften(live: LiveSession, { kind, cuts, random }: Cutting): Promise<StreamClient> {
  const client = new StreamClient(live.target);
  let said = 0;
  const sayMore = () => {
    const count = 1 + random.below(4);
    for (const update of mixedUpdates(said + count).slice(said)) live.emit(update);
    said += count;
  };
  for (let cut = 0; cut < cuts; cut++) {
    sayMore();
    await client.read({
      kind,
      encoding: random.oneOf(["gzip", "identity"]),
      resumeBy: random.oneOf(["query", "header"]),
      cutAfterBytes: 1 + random.below(random.oneOf([40, 400, 4_000])),
      onBytes: sayMore,
    });
  }
  return client;
}

test.for(["session", "device"] as const)(
  "DUR-09: over the stream of a %s, cuts at any byte while events arrive leave no gap, no double and the same state",
  { timeout: timeLimitMs(60_000) },
  async (kind) => {
    const random = seededRandom(`stream cuts, ${kind}`);
    const live = await liveSession();
    const client = await cutOften(live, { kind, cuts: rounds({ short: 120, long: 5_000 }), random });
    await live.end();
    await readToEnd(client, live, kind);
    expect(client.resets).toBe(0);
    expect(client.transcript).toEqual(live.liveTranscript());
  },
);

async function readToEnd(client: StreamClient, live: LiveSession, kind: StreamKind): Promise<void> {
  const { lastSeq } = live.session;
  if (client.position < lastSeq)
    await client.read({
      kind,
      encoding: "gzip",
      resumeBy: "query",
      isEnough: () => client.position >= lastSeq,
    });
}

test("DUR-10: while up to 1,000 events a second pour in, 50 reconnects end in the same state", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const reconnects = 50;
  const live = await liveSession();
  const random = seededRandom("reconnects");
  const updates = mixedUpdates(rounds({ short: 3_000, long: 30_000 }));
  const clients = (["session", "device"] as const).map((kind) => ({
    kind,
    client: new StreamClient(live.target),
  }));
  const pouring = pour(live, updates);
  await Promise.all(
    clients.map(async ({ kind, client }) => {
      for (let count = 0; count < reconnects; count++) {
        const until = Math.ceil(((count + 1) * updates.length) / reconnects / 20);
        await client.read({
          kind,
          encoding: random.oneOf(["gzip", "identity"]),
          resumeBy: "query",
          isEnough: () => client.position >= Math.min(until, live.session.lastSeq),
        });
      }
    }),
  );
  await pouring;
  await live.end();
  for (const { kind, client } of clients) {
    await readToEnd(client, live, kind);
    expect(client.transcript).toEqual(live.liveTranscript());
  }
});

/** At most a thousand updates a second: each its own event, since neighbours differ. */
async function pour(live: LiveSession, updates: ReturnType<typeof mixedUpdates>): Promise<void> {
  const perTick = 10;
  for (let start = 0; start < updates.length; start += perTick) {
    for (const update of updates.slice(start, start + perTick)) live.emit(update);
    await new Promise((resolve) => setTimeout(resolve, perTick));
  }
}
