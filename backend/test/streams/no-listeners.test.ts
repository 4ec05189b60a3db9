/** Turns that nobody watches: every screen goes away at some point of a turn, and on return the result is there. */
import { expect, test } from "vitest";
import { rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import { liveSession } from "./live-session.ts";
import { StreamClient } from "./stream-client.ts";
import { mixedUpdates } from "./written-session.ts";

test("DUR-11: when all screens close at any point of a turn, it runs to its end, and who comes back has all of it", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const random = seededRandom("screens that close");
  for (let round = 0; round < rounds({ short: 6, long: 200 }); round++) {
    const live = await liveSession();
    const updates = mixedUpdates(100);
    const closeAfter = random.below(updates.length);
    const screens = (["session", "device", "session"] as const).map((kind) => ({
      kind,
      client: new StreamClient(live.target),
    }));
    let isOver = false;
    const reading = screens.map(({ kind, client }) =>
      client.read({ kind, encoding: "gzip", resumeBy: "query", isEnough: () => isOver }),
    );
    for (const update of updates.slice(0, closeAfter)) live.emit(update);
    isOver = true;
    // Each closes with the next piece that it gets.
    for (const update of updates.slice(closeAfter)) live.emit(update);
    await Promise.all(reading);
    await live.end();
    for (const { kind, client } of screens) {
      const { lastSeq } = live.session;
      if (client.position < lastSeq)
        await client.read({
          kind,
          encoding: "identity",
          resumeBy: "header",
          isEnough: () => client.position >= lastSeq,
        });
      expect(client.transcript).toEqual(live.liveTranscript());
      expect(client.transcript).toMatchObject({ state: "idle", stopReason: "end_turn" });
    }
  }
});
