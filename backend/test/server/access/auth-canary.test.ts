/** Where a GitHub token is, and where it is not: the running program, with everything that it says and writes. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DeviceFlowStart } from "../../../src/protocol/github.ts";
import { startProgram } from "../../support/running-program.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { Browser, gitHubForTest } from "./auth-browser.ts";

/** A secret as it stands there, and as somebody may have encoded it. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString("hex"), bytes.toString("base64").slice(0, -4), encodeURIComponent(secret)];
}

async function textsIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "latin1")));
}

test("NET-07: after every way to sign in no GitHub token stands in an answer, a log line or a file of state", {
  timeout: 60_000,
}, async () => {
  const fake = await gitHubForTest();
  fake.interval = 1;
  const home = await temporaryFolder();
  const server = await startProgram([], {
    home,
    environment: {
      VOXPILOT_GITHUB_CLIENT_ID: fake.clientId,
      VOXPILOT_GITHUB_CLIENT_SECRET: fake.clientSecret,
      VOXPILOT_GITHUB_ALLOWED_LOGINS: "octocat",
      VOXPILOT_GITHUB_URL: fake.baseUrl,
      VOXPILOT_LOG_LEVEL: "debug",
    },
  });
  const said: string[] = [];
  const browser = () =>
    new Browser({
      request: async (call, { body, headers = {} } = {}) => {
        const [method = "GET", path = ""] = call.split(" ");
        const answer = await fetch(`${server.address}${path}`, {
          method,
          headers: { "content-type": "application/json", ...headers },
          redirect: "manual",
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        said.push(JSON.stringify([...answer.headers]), await answer.clone().text());
        return answer;
      },
    });

  const [web, phone, paste] = [browser(), browser(), browser()];
  expect((await web.signInByWeb()).status).toBe(302);
  const pasted = fake.issueToken("octocat", "github_pat_");
  expect((await paste.visit("POST /api/auth/token", { body: { token: pasted } })).status).toBe(200);
  const begun = await phone.visit("POST /api/auth/device", { body: {} });
  const { flow, user_code } = DeviceFlowStart.parse(await begun.json());
  fake.approve(user_code);
  while (phone.cookie("gh_token") === undefined) await phone.visit(`GET /api/auth/device/${flow}`);
  for (const signedIn of [web, phone, paste]) {
    for (const call of ["GET /api/auth/me", "GET /api/device", "GET /api/devices", "GET /api/auth"]) {
      expect((await signedIn.visit(call)).status).toBe(200);
    }
  }
  const refused = await paste.visit("POST /api/auth/token", { body: { token: `${pasted}x` } });
  expect(refused.status).toBe(400);
  expect((await paste.visit("POST /api/auth/logout", { body: {} })).status).toBe(204);
  const ended = await server.stop("SIGTERM");

  const bearers = fake.requests.flatMap(
    ({ headers }) => /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? [],
  );
  const tokens = [...new Set(bearers)];
  expect(tokens.length).toBe(4);
  const places = [...said, ended.output, ended.errors, ...(await textsIn(home))];
  expect(ended.errors).toContain("/api/auth/callback");
  for (const secret of [...tokens, fake.clientSecret].flatMap(spellings)) {
    expect(places.filter((text) => text.includes(secret))).toEqual([]);
  }
  // What belongs to a sign-in stands in no address that is logged, and a token in none at all.
  const codes = fake.requests.flatMap(({ body }) => (typeof body.code === "string" ? [body.code] : []));
  for (const code of codes) expect(`${ended.output}${ended.errors}`).not.toContain(code);
  const addresses = fake.requests.map(({ path, query }) => `${path}?${JSON.stringify(query)}`).join("\n");
  for (const token of tokens) expect(addresses).not.toContain(token);
});
