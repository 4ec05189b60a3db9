/** Settings: where they come from, which one wins, and what a bad one says. */
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, type ConfigSources, loadConfig } from "../../src/config.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

interface Given {
  readonly environment?: Record<string, string>;
  readonly dotEnv?: string;
  readonly configFile?: string;
  readonly options?: ConfigSources["options"];
  readonly platform?: NodeJS.Platform;
  /** Where it is started: VoxPilot's own folder (default), or another one. */
  readonly startedIn?: "own" | "other";
}

async function load(given: Given) {
  const home = await temporaryFolder();
  if (given.dotEnv !== undefined) await writeFile(join(home, ".env"), given.dotEnv);
  await mkdir(join(home, ".config", "voxpilot"), { recursive: true });
  if (given.configFile !== undefined)
    await writeFile(join(home, ".config", "voxpilot", "config.json"), given.configFile);
  const config = await loadConfig({
    options: given.options ?? {},
    environment: { HOME: home, ...given.environment },
    workingDirectory: home,
    ownDirectory: given.startedIn === "other" ? tmpdir() : home,
    platform: given.platform ?? "linux",
  });
  return { home, config };
}

async function problems(given: Given): Promise<readonly string[]> {
  const error = await load(given).catch((caught: unknown) => caught);
  if (!(error instanceof ConfigError)) throw new Error("It was accepted.");
  return error.lines;
}

test("NET-01: without any setting it listens on loopback", async () => {
  const { home, config } = await load({});
  expect(config).toEqual({
    host: "127.0.0.1",
    port: 8000,
    stateDirectory: join(home, ".local/state/voxpilot"),
    publicUrl: null,
    lan: false,
    https: false,
    trustedProxies: [],
    gitHub: {
      clientId: null,
      clientSecret: null,
      allowedLogins: [],
      url: "https://github.com",
      apiUrl: "https://api.github.com",
    },
    model: null,
    modelsBaseUrl: null,
    modelsApiKey: null,
    modelsHeaders: {},
    foreignModels: null,
    providerKeys: {},
    logLevel: "info",
    configPath: join(home, ".config/voxpilot/config.json"),
    secrets: [],
    projects: [],
    checks: {},
  });
});

test("the command line wins over the environment, that over .env, and that over config.json", async () => {
  const configFile = '{"port": 1, "host": "127.0.0.2", "model": "file", "logLevel": "warn"}';
  const dotEnv = "VOXPILOT_PORT=2\nVOXPILOT_HOST=127.0.0.3\nVOXPILOT_MODEL=dotenv\n";
  const environment = { VOXPILOT_PORT: "3", VOXPILOT_HOST: "127.0.0.4" };
  const { config } = await load({
    configFile,
    dotEnv,
    environment,
    options: { port: { typed: "--port", value: "4" } },
  });
  expect([config.port, config.host, config.model, config.logLevel]).toEqual([
    4,
    "127.0.0.4",
    "dotenv",
    "warn",
  ]);
});

test("INJ-02: checks stand in config.json alone, by absolute path, at most five non-empty commands each", async () => {
  const { config } = await load({ configFile: '{"checks": {"/home/me/app": ["npm test", " make "]}}' });
  expect(config.checks).toEqual({ "/home/me/app": ["npm test", "make"] });
  for (const [checks, words] of [
    ['{"app": ["make"]}', "is no absolute path"],
    ['{"/app": [" "]}', "holds an empty command"],
    ['{"/app": ["1","2","3","4","5","6"]}', "holds more than 5 commands"],
    ['["make"]', "is not a list of commands by project"],
  ])
    expect((await problems({ configFile: `{"checks": ${checks}}` })).join("\n")).toContain(words);
  expect(await problems({ dotEnv: "VOXPILOT_CHECKS=make\n" })).toEqual([
    "VOXPILOT_CHECKS: there is no such setting. See docs/configuration.md.",
  ]);
});

test("a variable that is set to nothing is not set", async () => {
  const { config } = await load({ environment: { VOXPILOT_PORT: "", VOXPILOT_MODEL: "" } });
  expect([config.port, config.model]).toEqual([8000, null]);
});

test("on macOS config.json lies beside the state folder, not in it: whoever writes it first can still start", async () => {
  const home = await temporaryFolder();
  const folder = join(home, "Library/Application Support/VoxPilot");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), '{"port": 81}');
  const config = await loadConfig({
    options: {},
    environment: { HOME: home },
    workingDirectory: home,
    ownDirectory: home,
    platform: "darwin",
  });
  expect([config.port, config.stateDirectory]).toEqual([81, join(folder, "state")]);
});

test("the state folder follows the platform", async () => {
  const mac = await load({ platform: "darwin" });
  expect(mac.config.stateDirectory).toBe(join(mac.home, "Library/Application Support/VoxPilot/state"));
  const xdg = await load({ environment: { XDG_STATE_HOME: "/var/state" } });
  expect(xdg.config.stateDirectory).toBe("/var/state/voxpilot");
  const own = await load({ environment: { VOXPILOT_STATE_DIR: "/srv/voxpilot" } });
  expect(own.config.stateDirectory).toBe("/srv/voxpilot");
});

test("each bad value is told by its name, with what is wrong and the fix", async () => {
  const environment = {
    VOXPILOT_PORT: "eighty",
    VOXPILOT_STATE_DIR: "state",
    VOXPILOT_MODELS_BASE_URL: "localhost:11434",
    VOXPILOT_PUBLIC_URL: "https://example.org/voxpilot",
    VOXPILOT_LOG_LEVEL: "loud",
  };
  expect(await problems({ environment })).toEqual([
    'VOXPILOT_PORT: "eighty" is not a port. Use a number from 0 to 65535 (0: any free one).',
    'VOXPILOT_STATE_DIR: "state" is not an absolute path. Write it from the root: /home/me/voxpilot.',
    'VOXPILOT_PUBLIC_URL: "https://example.org/voxpilot" has a path. VoxPilot stands at the root of its address: leave the path out.',
    'VOXPILOT_MODELS_BASE_URL: "localhost:11434" is not an http(s) address. Use one like http://127.0.0.1:11434/v1.',
    'VOXPILOT_LOG_LEVEL: "loud" is not a log level. Use debug, info, warn or error.',
  ]);
});

test("a bad option is told as it was typed", async () => {
  expect(await problems({ options: { port: { typed: "--port", value: "70000" } } })).toEqual([
    '--port: "70000" is not a port. Use a number from 0 to 65535 (0: any free one).',
  ]);
});

test("a bad value stops the start also where a better one stands before it", async () => {
  const noPort = "is not a port. Use a number from 0 to 65535 (0: any free one).";
  const found = await problems({
    options: { port: { typed: "--port", value: "8131" } },
    environment: { VOXPILOT_PORT: "abc" },
    dotEnv: "VOXPILOT_PORT=-1\n",
    configFile: '{"port": 70000}',
  });
  expect(found).toEqual([
    `VOXPILOT_PORT: "abc" ${noPort}`,
    `VOXPILOT_PORT: "-1" ${noPort}`,
    expect.stringMatching(/config\.json: port: 70000 is not a port\. Use a number/),
  ]);
});

const asChecks = 'is not a list of commands by project. Write it as {"/home/me/app": ["npm test"]}.';
const asFolders = 'is not a list of absolute paths. Write it as ["/home/me/app"].';
const asList = 'is not a list of texts. Write it as ["one", "two"].';
test.each([
  ["checks", { "/tmp": "npm test" }, asChecks],
  ["checks", { "/tmp": [1] }, asChecks],
  [
    "checks",
    { "/tmp": ["1", "2", "3", "4", "5", "6"] },
    "holds more than 5 commands. Put them into one script.",
  ],
  ["projects", ["rel"], asFolders],
  ["projects", [1], asFolders],
  ["projects", "/a", asFolders],
  ["host", 1, "is not a host name or address. Use 127.0.0.1, or an address of this machine."],
  ["stateDir", 1, "is not an absolute path. Write it from the root: /home/me/voxpilot."],
  ["trustedProxies", 1, asList],
  ["githubAllowedLogins", [1], asList],
])("what is wrong with %s: %j is told once, with how to write it", async (name, value, words) => {
  const found = await problems({ configFile: JSON.stringify({ [name]: value }) });
  expect(found).toEqual([expect.stringMatching(/config\.json: \w+: /)]);
  expect(found[0]).toContain(`: ${name}: ${JSON.stringify(value)} ${words}`);
});

test("SEC-03: a bad key is told without being shown", async () => {
  const [line] = await problems({ environment: { VOXPILOT_MODELS_API_KEY: "sk-secret with spaces" } });
  expect(line).toBe(
    "VOXPILOT_MODELS_API_KEY: the value holds characters that no key has. Copy the key again, without spaces or quotes.",
  );
});

test.each([
  [{ VOXPILOT_MODELS_BASE_URL: "htps://me:canary-1@h.example/v1?api_key=canary-2" }],
  [{ VOXPILOT_MODELS_HEADERS: '{"Authorization: Bearer canary-1":"x"}' }],
  [{ VOXPILOT_MODELS_HEADERS: '{"X-Key":"canary-1\\ncanary-2"}' }],
])("SEC-03: what is wrong with %j is told without a secret", async (environment) => {
  const lines = await problems({ environment });
  expect(lines.length).toBe(1);
  expect(lines.join()).not.toContain("canary");
});

test("SEC-03: an address with a secret behind it is a secret that lies somewhere", async () => {
  const placesOf = async (address: string) =>
    (await load({ environment: { VOXPILOT_MODELS_BASE_URL: address } })).config.secrets.map(
      ({ name }) => name,
    );
  expect(await placesOf("https://h.example/v1?api_key=canary")).toEqual(["VOXPILOT_MODELS_BASE_URL"]);
  expect(await placesOf("https://h.example/v1?api-version=1")).toEqual([]);
});

test("headers for models are JSON in the environment and an object in the file", async () => {
  const environment = { VOXPILOT_MODELS_HEADERS: '{"X-Title": "Mine", "X-Own": "secret-1"}' };
  const { config } = await load({ environment });
  expect(config.modelsHeaders).toEqual({ "X-Title": "Mine", "X-Own": "secret-1" });
  expect(config.secrets.map(({ name }) => name)).toEqual(["VOXPILOT_MODELS_HEADERS"]);
  const open = await load({ environment: { VOXPILOT_MODELS_HEADERS: '{"X-Title": "Mine"}' } });
  expect(open.config.secrets).toEqual([]);
});

test.each([
  ["X-Title: Mine", 'the value is no list of headers. Write it as {"X-Title": "VoxPilot"}.'],
  ['{"Host": "evil"}', "Host names a header that VoxPilot sets itself. Leave it out."],
  ['{"X A": "1"}', "a name is not a header's name. Use letters, digits and hyphens: X-Title."],
  ['{"X-A": ""}', "X-A is empty. Leave the field out, or give it a value."],
])("SEC-03: the headers %j are told with the fix and without a value", async (value, words) => {
  expect(await problems({ environment: { VOXPILOT_MODELS_HEADERS: value } })).toEqual([
    `VOXPILOT_MODELS_HEADERS: ${words}`,
  ]);
});

test("a .env that begins with a byte order mark is read from its first line on", async () => {
  const { config } = await load({ dotEnv: "\uFEFFVOXPILOT_PORT=8123\n" });
  expect(config.port).toBe(8123);
});

test("a folder that is called .env is somebody else's, and no settings", async () => {
  const home = await temporaryFolder();
  await mkdir(join(home, ".env"));
  const sources = { options: {}, environment: { HOME: home }, platform: "linux" } as const;
  const config = await loadConfig({ ...sources, workingDirectory: home, ownDirectory: home });
  expect(config.port).toBe(8000);
});

test("a misspelt variable names the nearest one", async () => {
  expect(await problems({ environment: { VOXPILOT_PROT: "8000" } })).toEqual([
    "VOXPILOT_PROT: there is no such setting. Did you mean VOXPILOT_PORT?",
  ]);
});

test("a misspelt key of config.json names the nearest one, and a broken file says so", async () => {
  const [misspelt] = await problems({ configFile: '{"modelBaseUrl": "x"}' });
  expect(misspelt).toMatch(
    /config\.json: modelBaseUrl: there is no such setting\. Did you mean modelsBaseUrl\?$/,
  );
  const [broken] = await problems({ configFile: "{" });
  expect(broken).toMatch(
    /config\.json: is not a JSON object\. Correct it, or move it away to use the defaults\.$/,
  );
});

test("SEC-07: a .env in a folder cannot send a key from elsewhere to an address of its own", async () => {
  const dotEnv = "VOXPILOT_MODELS_BASE_URL=https://evil.example/v1\n";
  expect(await problems({ dotEnv, environment: { VOXPILOT_MODELS_API_KEY: "sk-mine" } })).toEqual([
    "VOXPILOT_MODELS_BASE_URL: stands in .env, but the key in VOXPILOT_MODELS_API_KEY does not, and would be sent there. Put both in the same place.",
  ]);
  expect(await problems({ dotEnv, environment: { VOXPILOT_MODELS_HEADERS: '{"X-Own":"a"}' } })).toEqual([
    "VOXPILOT_MODELS_BASE_URL: stands in .env, but the key in VOXPILOT_MODELS_HEADERS does not, and would be sent there. Put both in the same place.",
  ]);
  const both = await load({ dotEnv: `${dotEnv}VOXPILOT_MODELS_API_KEY=sk-own\n` });
  expect(both.config.modelsApiKey).toBe("sk-own");
});

test("SEC-07: an address for models from the .env of a folder that is not VoxPilot's own is known as such", async () => {
  const dotEnv = "VOXPILOT_MODELS_BASE_URL=https://evil.example/v1\n";
  const strange = await load({ dotEnv, startedIn: "other" });
  expect(strange.config.foreignModels).toBe(join(strange.home, ".env"));
  expect((await load({ dotEnv })).config.foreignModels).toBe(null);
  const environment = { VOXPILOT_MODELS_BASE_URL: "https://own.example/v1" };
  expect((await load({ dotEnv, environment, startedIn: "other" })).config.foreignModels).toBe(null);
});

test("a .env that names nothing of ours changes nothing", async () => {
  const { config } = await load({ dotEnv: "PATH=/evil\nNODE_OPTIONS=--inspect\n" });
  expect(config.port).toBe(8000);
  expect(process.env.NODE_OPTIONS ?? "").not.toContain("--inspect");
});

test("a command that the agent runs, and a test, may start it: their own variables are no settings", async () => {
  const { config } = await load({ environment: { VOXPILOT_RUN: "a", VOXPILOT_TEST_BROWSER: "/b" } });
  expect(config.port).toBe(8000);
});

test("APR-11: the .env of a folder that is not VoxPilot's own says neither who comes in nor where that is kept", async () => {
  const dotEnv =
    "VOXPILOT_HOST=0.0.0.0\nVOXPILOT_STATE_DIR=/repo/state\nVOXPILOT_PUBLIC_URL=https://evil.example\nVOXPILOT_CONFIG=/repo/c.json\n";
  const refusal =
    "stands in the .env of this folder, which is not VoxPilot's own. Set it in the environment, or start in another folder.";
  expect(await problems({ dotEnv, startedIn: "other" })).toEqual(
    ["VOXPILOT_HOST", "VOXPILOT_PUBLIC_URL", "VOXPILOT_STATE_DIR", "VOXPILOT_CONFIG"].map(
      (name) => `${name}: ${refusal}`,
    ),
  );
  const { config } = await load({ dotEnv: "VOXPILOT_MODEL=x\nVOXPILOT_PORT=81\n", startedIn: "other" });
  expect([config.model, config.port, config.host]).toEqual(["x", 81, "127.0.0.1"]);
});

test("a .env that says nothing, because the environment does, is no problem in any folder", async () => {
  const { config } = await load({
    dotEnv: "VOXPILOT_HOST=0.0.0.0",
    environment: { VOXPILOT_HOST: "127.0.0.1" },
    startedIn: "other",
  });
  expect(config.host).toBe("127.0.0.1");
});

test.each([
  [{ VOXPILOT_PUBLIC_URL: "studio.example.ts.net" }, "is not an http(s) address"],
  [
    { VOXPILOT_CONFIG: "/nonexistent/config.json" },
    "VOXPILOT_CONFIG: there is no file /nonexistent/config.json.",
  ],
  [{ VOXPILOT_NOPE: "1" }, "VOXPILOT_NOPE: there is no such setting. See docs/configuration.md."],
  [{ VOXPILOT_PROT: "1" }, "VOXPILOT_PROT: there is no such setting. Did you mean VOXPILOT_PORT?"],
])("%j stops with its name and the fix", async (environment, words) => {
  expect((await problems({ environment })).join("\n")).toContain(words);
});

test.each([
  ["127.0.0.1", ["127.0.0.1"]],
  ["127.0.0.1, 10.0.0.0/8 ,::1,fd00::/8", ["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"]],
  ["0.0.0.0/0", ["0.0.0.0/0"]],
  ["10.0.0.0/33", null],
  ["fd00::/129", null],
  ["10.0.0.0/8/8", null],
  ["10.0.0.0/", null],
  ["10.0.0/8", null],
  ["localhost", null],
  ["*", null],
  ["fe80::1%eth0", null],
])("NET-19: trusted proxies %j are %j", async (value, expected) => {
  const sources = { environment: { VOXPILOT_TRUSTED_PROXIES: value } };
  if (expected !== null) expect((await load(sources)).config.trustedProxies).toEqual(expected);
  else
    expect(await problems(sources)).toEqual([
      `VOXPILOT_TRUSTED_PROXIES: ${JSON.stringify(value)} holds what is no address. Use addresses or ranges: 127.0.0.1 or 10.0.0.0/8.`,
    ]);
});
