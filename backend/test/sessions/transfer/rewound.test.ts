/** A session that went back: what is exported, copied and found of it is what stands. */
import { expect, test } from "vitest";
import type { Session } from "../../../src/sessions/session.ts";
import { exportJson } from "../../../src/sessions/transfer/export/export-json.ts";
import { exportMarkdown } from "../../../src/sessions/transfer/export/export-markdown.ts";
import { forkOf } from "../../../src/sessions/transfer/fork.ts";
import { makeMachine, phone, promptOf, turnEnd } from "../session-fixture.ts";
import { now, textOf, worked } from "./transfer-stage.ts";

async function lastTurn(session: Session): Promise<string> {
  const { events } = await session.readEvents({});
  return events.findLast(({ turnId }) => turnId !== undefined)?.turnId ?? "";
}

/** Two turns, of which the second has left. */
async function rewound() {
  const { store, session } = await worked(await makeMachine());
  const behindFirst = session.lastSeq;
  await session.submitPrompt(promptOf("prompt-0002", "Secret plans"), phone);
  await turnEnd(session, behindFirst);
  const turnId = await lastTurn(session);
  const { digest } = await session.previewRewind({ turnId });
  const request = { id: "rewind-0001", turnId, scope: "conversation", digest } as const;
  const { answer } = await session.rewind(request, phone);
  return { store, session, turnId, seq: answer.seq };
}

async function linesOf(session: Session, turnId: string): Promise<string> {
  const { lines } = await forkOf(session, { id: "fork-00001", turnId, requestDigest: "d" });
  let text = "";
  for await (const bytes of lines()) text += new TextDecoder().decode(bytes);
  return text;
}

test("a document leaves out what was rewound and says that somebody went back; undone, it stands there again", async () => {
  const { session, seq } = await rewound();
  const left = await textOf(exportMarkdown(session, now));
  expect(left).toContain("test");
  expect(left).not.toContain("Secret plans");
  expect(left).toContain("*Rewound*");
  await session.rewind({ id: "rewind-0002", undoes: seq }, phone);
  const back = await textOf(exportMarkdown(session, now));
  expect(back).toContain("Secret plans");
  expect(back).not.toContain("*Rewound*");
});

test("the whole file still has all of it: nothing leaves the log", async () => {
  const { session } = await rewound();
  expect(await textOf(exportJson(session, now))).toContain("Secret plans");
});

test("a fork behind a rewind is without what left, a fork of the turn that left has it", async () => {
  const { session, turnId, seq } = await rewound();
  await session.submitPrompt(promptOf("prompt-0003", "Go on"), phone);
  await turnEnd(session, seq);
  const later = await linesOf(session, await lastTurn(session));
  expect(later).toContain("Go on");
  expect(later).not.toContain("Secret plans");
  expect(later).not.toContain('"rewind"');
  expect(await linesOf(session, turnId)).toContain("Secret plans");
});

test("a search finds what was rewound again only once that is undone", async () => {
  const { store, session, seq } = await rewound();
  const kinds = async () => {
    const signal = new AbortController().signal;
    const { results } = await store.search({ query: "secret plans", limit: 5, signal }, "d1");
    return results.flatMap(({ hits }) => hits.map(({ kind }) => kind));
  };
  expect(await kinds()).toEqual([]);
  await session.rewind({ id: "rewind-0002", undoes: seq }, phone);
  expect(await kinds()).toEqual(["prompt"]);
});
