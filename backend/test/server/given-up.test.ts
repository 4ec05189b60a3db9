/** Requests that are given up before they are answered: nobody is told of a failure, for there is none. */
import { expect, test } from "vitest";
import { createApp } from "../../src/server/app.ts";
import { host, problemOf, runningApp } from "../support/running-app.ts";

const calls = ["/api/search?q=needle", "/api/models"];

for (const [moment, reason] of [
  ["before it is begun", "Client connection prematurely closed."],
  ["while it is under way", undefined],
] as const) {
  test(`a request whose client goes away ${moment} is no error in the log`, async () => {
    const app = await runningApp();
    const served = createApp(app.parts);
    const authorization = `Bearer ${await app.tokenOf("full")}`;
    for (const path of calls) {
      const client = new AbortController();
      if (moment === "before it is begun") client.abort(reason);
      const answer = served.request(path, { headers: { host, authorization }, signal: client.signal });
      client.abort(reason);
      const response = await answer;
      expect([path, response.status]).toEqual([path, 503]);
      expect(await problemOf(response)).toMatchObject({ code: "busy" });
    }
    expect(app.errors).toEqual([]);
  });
}
