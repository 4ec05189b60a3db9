/** A question over forty files, which no small window holds: subagents read, and only their reports come back. */
import { expect, test } from "vitest";
import type { LoggedRequest } from "../../src/demo/scripted-model/request-log.ts";
import { call, calling, mustSee, type Play, type Seen, subagentWords } from "./stage/played-model.ts";
import { shopWithServices, slowServices } from "./stage/sample-projects.ts";
import { startTask } from "./stage/task-stage.ts";
import { windows } from "./stage/windows.ts";

const paths = Object.keys(shopWithServices);
const parts = 8;

async function* main(): Play {
  let seen: Seen = yield calling(call("glob", { pattern: "services/*.mjs" }));
  mustSee(seen, "services/service-01.mjs", "services/service-40.mjs");
  const size = paths.length / parts;
  const tasks = Array.from({ length: parts }, (_, part) => {
    const own = paths.slice(part * size, (part + 1) * size);
    const prompt = `Part ${part + 1}: which of these wait longer than a second? ${own.join(" ")}`;
    return call("task", { prompt });
  });
  seen = yield calling(...tasks);
  const found = seen.results.join("\n").match(/services\/service-\d+\.mjs:\d+ waits 5000 ms/g) ?? [];
  yield { text: `These wait longer than a second:\n${found.join("\n")}` };
  return undefined;
}

async function* reader(first: Seen): Play {
  const own = /^Part \d+: .*\? (.*)$/m.exec(first.text)?.[1]?.split(" ") ?? [];
  const seen: Seen = yield calling(...own.map((path) => call("read", { path })));
  const found = seen.results.flatMap((result, index) => {
    const [, line, ms] = /^(\d+)\texport const timeoutMs = (\d+);/m.exec(result) ?? [];
    return Number(ms) > 1_000 ? [`${own[index]}:${line} waits ${ms} ms`] : [];
  });
  yield { text: found.length === 0 ? "None of them." : found.join("\n") };
  return undefined;
}

test.for(windows)("a question over forty files is answered by subagents ($name)", async (window) => {
  const goal = "Which of the forty services wait longer than a second? Let subagents look, five files each.";
  const task = await startTask({ window, goal, files: shopWithServices, main, subagent: reader });
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  const said = (await task.updates("agent_message_chunk"))
    .flatMap((update) => (update.sessionUpdate === "agent_message_chunk" ? [update.content] : []))
    .map((content) => (content.type === "text" ? content.text : ""))
    .join("");
  const named = [...said.matchAll(/service-(\d+)\.mjs:\d+ waits 5000 ms/g)].map(([, number]) =>
    Number(number),
  );
  expect([...new Set(named)].toSorted((a, b) => a - b)).toEqual(slowServices);
  const theirs = task.model
    .requests()
    .filter(({ body }) => subagentWords.test(JSON.stringify(body.messages)));
  expect(theirs).toHaveLength(2 * parts);
  expect(mostAtOnce(theirs)).toBeLessThanOrEqual(4);
  const { events } = await task.session().readEvents({});
  const nested = new Set(events.flatMap(({ parentToolCallId = null }) => parentToolCallId ?? []));
  expect(nested.size).toBe(parts);
});

function mostAtOnce(requests: readonly LoggedRequest[]): number {
  const open = (at: number) =>
    requests.filter(({ receivedAtMs, endedAtMs }) => receivedAtMs <= at && at < (endedAtMs ?? at + 1));
  return Math.max(...requests.map(({ receivedAtMs }) => open(receivedAtMs).length));
}
