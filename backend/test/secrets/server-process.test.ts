/** Secrets of a running program: not in its environment, its arguments, its files' reach, its streams or its words. */
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runProgram, startProgram } from "../support/running-program.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { driveTurn, obedientModel } from "./session-driver.ts";

const timeoutMs = 90_000;
const isLinux = process.platform === "linux";
// Put together, so that the pattern below does not find itself.
const canary = ["canary", "model", "key", "7f3a9c1e5b"].join("-");
const secretCanary = ["canary", "client", "secret", "2d8e4f6a0c"].join("-");

interface Place {
  readonly home: string;
  readonly project: string;
  readonly configPath: string;
}

async function makePlace(config: Readonly<Record<string, unknown>> = {}): Promise<Place> {
  const home = await temporaryFolder();
  const [folder, project] = [join(home, ".config/voxpilot"), join(home, "project")];
  await mkdir(folder, { recursive: true });
  await mkdir(project);
  const configPath = join(folder, "config.json");
  await writeFile(configPath, JSON.stringify(config), { mode: 0o600 });
  return { home, project, configPath };
}

async function model(apiKey?: string) {
  const made = await obedientModel(apiKey);
  onTestFinished(() => made.close());
  return made;
}

/** Every file, folder and socket below, with its mode. */
async function modesBelow(folder: string): Promise<readonly (readonly [string, number])[]> {
  const names = await readdir(folder, { recursive: true });
  return Promise.all(
    ["", ...names].map(async (name) => [name, (await stat(join(folder, name))).mode & 0o777] as const),
  );
}

test("SEC-01: of twenty canaries in the server's environment a command sees none", {
  timeout: timeoutMs,
}, async () => {
  const place = await makePlace();
  const canaries = Object.fromEntries(
    Array.from({ length: 20 }, (_, number) => [
      [`CANARY_${number}`, "AWS_SECRET", "OPENAI_API_KEY", "GH_TOKEN", "SSH_AUTH_SOCK"][number % 5] +
        (number < 5 ? "" : `_${number}`),
      `canary-value-${number}`,
    ]),
  );
  expect(Object.keys(canaries)).toHaveLength(20);
  const environment = { ...canaries, VOXPILOT_MODELS_BASE_URL: (await model()).baseUrl };
  const server = await startProgram([place.project], { ...place, environment });
  const { output } = await driveTurn(server, place, "run: env");
  expect(output).toContain("PATH=");
  expect(output.match(/canary-value|CANARY_/g)).toBeNull();
});

test.runIf(isLinux)(
  "SEC-02: secrets of config.json stand in no process's environment or arguments",
  { timeout: timeoutMs },
  async () => {
    const place = await makePlace({
      modelsBaseUrl: (await model(canary)).baseUrl,
      modelsApiKey: canary,
      githubClientId: "Iv1.0123456789abcdef",
      githubClientSecret: secretCanary,
    });
    const server = await startProgram([place.project], {
      ...place,
      environment: { MARK_OF_THIS_RUN: "visible" },
    });
    const find = (pattern: string) =>
      `for f in /proc/[0-9]*/environ /proc/[0-9]*/cmdline; do grep -alE '${pattern}' $f; done 2>/dev/null; echo looked at $(ls -d /proc/[0-9]* | wc -l)`;
    const looked = await driveTurn(server, place, `run: ${find("canary-(model-ke[y]|client-secre[t])")}`);
    // The same look finds what is there.
    const mark = await driveTurn(server, place, `run: ${find("MARK_OF_THIS_RU[N]=visible")}`);
    expect(looked.output).toMatch(/^looked at \d+\n$/);
    expect(mark.output).toMatch(/\/proc\/\d+\/environ/);
  },
);

test("SEC-02: a secret in the environment is named at the start, with the place where it lies better", {
  timeout: timeoutMs,
}, async () => {
  const place = await makePlace();
  const environment = { VOXPILOT_MODELS_API_KEY: canary, VOXPILOT_MODELS_BASE_URL: "http://127.0.0.1:9/v1" };
  const server = await startProgram([place.project], { ...place, environment });
  const { errors } = await server.stop("SIGTERM");
  expect(errors).toBe(
    `voxpilot: VOXPILOT_MODELS_API_KEY stands in the environment, which every program of yours can read. Safer: {"modelsApiKey": "…"} in ${place.configPath}, then: chmod 600 ${place.configPath}\n`,
  );
});

test("SEC-02: a config.json with a secret that others can read is named at the start, once, with the command", {
  timeout: timeoutMs,
}, async () => {
  const place = await makePlace({ modelsApiKey: canary, githubClientSecret: secretCanary });
  await chmod(place.configPath, 0o644);
  const server = await startProgram([place.project], place);
  const { errors } = await server.stop("SIGTERM");
  expect(errors).toBe(
    `voxpilot: ${place.configPath} holds a secret and others can read it. Run: chmod 600 ${place.configPath}\n`,
  );
});

test("SEC-07: an address for models from a project's .env is named at the start, without what opens it", {
  timeout: timeoutMs,
}, async () => {
  const place = await makePlace();
  const path = join(place.project, ".env");
  await writeFile(path, "VOXPILOT_MODELS_BASE_URL=http://me:secret@127.0.0.1:9/v1\n", { mode: 0o600 });
  const server = await startProgram([], { ...place, workingDirectory: place.project });
  const { errors } = await server.stop("SIGTERM");
  expect(errors).toBe(
    `voxpilot: Prompts and code go to http://127.0.0.1:9, as ${path} says. If that file is not yours, stop and start in another folder.\n`,
  );
});

test("SEC-04: after a run with changes every file of the state folder is this user's alone", {
  timeout: timeoutMs,
}, async () => {
  const place = await makePlace();
  await writeFile(join(place.project, "a.txt"), "one\n");
  const environment = { VOXPILOT_MODELS_BASE_URL: (await model()).baseUrl };
  const server = await startProgram([place.project], { ...place, environment });
  await driveTurn(server, place, "run: echo two >> a.txt");
  const state = join(place.home, "state");
  expect((await stat(join(state, "control.sock"))).mode & 0o777).toBe(0o600);
  await server.stop("SIGTERM");
  const modes = await modesBelow(state);
  for (const name of ["audit.jsonl", "audit-head.json", "devices.json", "pairing.json"])
    expect(modes.map(([found]) => found)).toContain(name);
  expect(modes.filter(([, mode]) => (mode & 0o077) !== 0)).toEqual([]);
});

test("SEC-03: an endpoint that answers with the key it was sent gets it neither into a log, a stream nor a problem", {
  timeout: timeoutMs,
}, async () => {
  const endpoint = createServer((request, response) => {
    const message = `Incorrect API key provided: ${request.headers.authorization}, not ${secretCanary}.`;
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message, code: "invalid_api_key" } }));
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    endpoint.closeAllConnections();
    endpoint.close();
  });
  const { port } = endpoint.address() as AddressInfo;
  const place = await makePlace({
    modelsBaseUrl: `http://127.0.0.1:${port}/v1`,
    modelsApiKey: canary,
    githubClientSecret: secretCanary,
    model: "some-model",
    logLevel: "debug",
  });
  const server = await startProgram([place.project], place);
  const { wire } = await driveTurn(server, place, "hello");
  expect(wire).toContain("‹redacted: GitHub client secret›");
  const ended = await server.stop("SIGTERM");
  const files = await readdir(join(place.home, "state"), { recursive: true, withFileTypes: true });
  const contents = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "latin1")),
  );
  for (const text of [wire, ended.output, ended.errors, ...contents]) {
    expect(text).not.toContain(canary);
    expect(text).not.toContain(secretCanary);
  }
});

test("voxpilot audit verify and export work beside a running server and on its files alone", {
  timeout: timeoutMs,
}, async () => {
  const place = await makePlace();
  const environment = { VOXPILOT_MODELS_BASE_URL: (await model()).baseUrl };
  const server = await startProgram([place.project], { ...place, environment });
  await driveTurn(server, place, "run: true");
  const path = join(place.home, "state/audit.jsonl");
  const [beside, exported] = await Promise.all([
    runProgram(["audit", "verify"], place),
    runProgram(["audit", "export"], place),
  ]);
  expect([beside.exitCode, beside.errors]).toEqual([0, ""]);
  expect(beside.output).toMatch(/^.*audit\.jsonl: \d+ entries, all as they were written\.\n$/);
  expect(exported.output).toBe(await readFile(path, "utf8"));
  expect(exported.output).toContain('"kind":"decision"');
  await server.stop("SIGTERM");
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace('"allow_once"', '"allow_more"'));
  const changed = await runProgram(["audit", "verify"], place);
  const line = text.split("\n").findIndex((entry) => entry.includes('"allow_once"')) + 1;
  expect([changed.exitCode, changed.output]).toEqual([
    1,
    `${path}: line ${line} does not fit: it was changed.\n`,
  ]);
});
