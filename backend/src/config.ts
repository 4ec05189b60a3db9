/** Settings: command line over environment over `.env` over `config.json`, validated once. A bad value stops with its name and the fix. */
import { readFile, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import * as z from "zod";
import { queryOf } from "./models/provider.ts";
import { keyVariables } from "./models/providers/presets.ts";
import { isSecretName, pastedQuery } from "./models/providers/request-fields.ts";
import { environmentNames, type SettingName, Settings } from "./settings.ts";
import { systemErrorCode } from "./workspace/workspace-error.ts";

const configFileVariable = "VOXPILOT_CONFIG";
const knownVariables = [...Object.keys(environmentNames), configFileVariable];

export interface GitHubSettings {
  /** Of an OAuth or GitHub app; null: signing in with GitHub is not offered. */
  readonly clientId: string | null;
  /** Without it the web flow is absent; the device flow needs none. */
  readonly clientSecret: string | null;
  readonly allowedLogins: readonly string[];
  /** Without a slash at the end. */
  readonly url: string;
  readonly apiUrl: string;
}

/** Where a secret was found. `path` null: in the environment of this process. */
export interface SecretPlace {
  /** As it is named there. */
  readonly name: string;
  /** As it is named in `config.json`. */
  readonly setting: string;
  readonly path: string | null;
}

/** The settings of one process. */
export interface Config {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly stateDirectory: string;
  readonly publicUrl: URL | null;
  /** Listens on every address, in the clear unless `https`; said by an option or in `config.json`, by no variable. */
  readonly lan: boolean;
  readonly https: boolean;
  /** Addresses and CIDR ranges whose forwarded headers count. */
  readonly trustedProxies: readonly string[];
  readonly gitHub: GitHubSettings;
  /** `provider/model`, or null: the first that is found. */
  readonly model: string | null;
  readonly modelsBaseUrl: string | null;
  readonly modelsApiKey: string | null;
  /** Sent with every request to `modelsBaseUrl`, by name. */
  readonly modelsHeaders: Readonly<Record<string, string>>;
  /** The `.env` that `modelsBaseUrl` stands in, when its folder is not VoxPilot's own; null: it is the owner's. */
  readonly foreignModels: string | null;
  /** Keys of services by the names of their own variables, such as `OPENAI_API_KEY`: from the environment alone, never from a `.env`. */
  readonly providerKeys: Readonly<Record<string, string>>;
  readonly logLevel: Settings["logLevel"];
  /** Where `config.json` is looked for. */
  readonly configPath: string;
  readonly secrets: readonly SecretPlace[];
  /** Absolute paths of folders to work in. */
  readonly projects: readonly string[];
  /** Commands that run after changes, by absolute path of the project: from `config.json` alone, never from the project. */
  readonly checks: Readonly<Record<string, readonly string[]>>;
}

/** One line for each thing that is wrong: its name, what is wrong, the fix. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

/** Where settings are looked for. */
export interface ConfigSources {
  /** From the command line; they win. Named as typed: `--port`. */
  readonly options: Partial<
    Readonly<Record<SettingName, { readonly typed: string; readonly value: unknown }>>
  >;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where `.env` is looked for. */
  readonly workingDirectory: string;
  /** VoxPilot's own: a `.env` in any other folder may be a stranger's. */
  readonly ownDirectory: string;
  readonly platform: NodeJS.Platform;
}

interface Found {
  readonly value: unknown;
  /** How it is named where it was found. */
  readonly name: string;
  readonly source: "options" | "environment" | ".env" | "config.json";
  /** The file that it stands in. */
  readonly path?: string;
}
type Layer = ReadonlyMap<SettingName, Found>;

/** Reads and validates every source. Rejects with a `ConfigError` that names all that is wrong. */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  const problems: string[] = [];
  const dotEnvPath = join(sources.workingDirectory, ".env");
  const dotEnv = parseEnv((await readText(dotEnvPath)) ?? "");
  const file = configFile(sources, dotEnv);
  const layers: Layer[] = [
    optionLayer(sources.options),
    environmentLayer({ variables: sources.environment, source: "environment", problems }),
    environmentLayer({ variables: dotEnv, source: ".env", path: dotEnvPath, problems }),
    await fileLayer(file, problems),
  ];
  const found = new Map([...layers].reverse().flatMap((layer) => [...layer]));
  problems.push(...keyAwayFromHome(found));
  const isForeign = !(await isSameFolder(sources));
  if (isForeign) problems.push(...strangersOrders(found, dotEnv));
  const parsed = Settings.safeParse(valuesOf(found));
  problems.push(...layers.flatMap(badValues));
  if (!parsed.success || problems.length > 0) throw new ConfigError([...new Set(problems)]);
  const secrets = secretPlaces(found, parsed.data);
  const address = found.get("modelsBaseUrl");
  const foreignModels = isForeign && address?.source === ".env" ? dotEnvPath : null;
  return { ...toConfig(parsed.data, sources), configPath: file.path, secrets, foreignModels };
}

const secretSettings: readonly SettingName[] = ["modelsApiKey", "modelsHeaders", "githubClientSecret"];

function secretPlaces(found: Layer, { modelsHeaders, modelsBaseUrl = "" }: Settings): SecretPlace[] {
  const open = new Set<SettingName>();
  if (!Object.keys(modelsHeaders).some((name) => isSecretName(name))) open.add("modelsHeaders");
  if (!pastedQuery(queryOf(modelsBaseUrl)).some(({ isSecret }) => isSecret)) open.add("modelsBaseUrl");
  return [...secretSettings, "modelsBaseUrl" as const].flatMap((setting) => {
    const secret = found.get(setting);
    return secret === undefined || open.has(setting)
      ? []
      : [{ name: secret.name, setting, path: secret.path ?? null }];
  });
}

function toConfig(
  settings: Settings,
  sources: ConfigSources,
): Omit<Config, "configPath" | "secrets" | "foreignModels"> {
  return {
    host: settings.host,
    port: settings.port,
    stateDirectory: settings.stateDir ?? defaultStateDirectory(sources),
    publicUrl: settings.publicUrl === undefined ? null : new URL(settings.publicUrl),
    lan: settings.lan,
    https: settings.https,
    trustedProxies: settings.trustedProxies,
    gitHub: gitHubSettings(settings),
    model: settings.model ?? null,
    modelsBaseUrl: settings.modelsBaseUrl ?? null,
    modelsApiKey: settings.modelsApiKey ?? null,
    modelsHeaders: settings.modelsHeaders,
    providerKeys: providerKeys(sources.environment),
    logLevel: settings.logLevel,
    projects: settings.projects,
    checks: settings.checks,
  };
}

function providerKeys(environment: ConfigSources["environment"]): Record<string, string> {
  const found = keyVariables.flatMap((name): [string, string][] => {
    const value = environment[name]?.trim() ?? "";
    return value === "" ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

function gitHubSettings(settings: Settings): GitHubSettings {
  const url = settings.githubUrl.replace(/(?<!\/)\/+$/, "");
  const ownApi = url === "https://github.com" ? "https://api.github.com" : `${url}/api/v3`;
  return {
    clientId: settings.githubClientId ?? null,
    clientSecret: settings.githubClientSecret ?? null,
    allowedLogins: settings.githubAllowedLogins,
    url,
    apiUrl: (settings.githubApiUrl ?? ownApi).replace(/(?<!\/)\/+$/, ""),
  };
}

function optionLayer(options: ConfigSources["options"]): Layer {
  const layer = new Map<SettingName, Found>();
  for (const [key, option] of Object.entries(options)) {
    if (isSettingName(key)) layer.set(key, { value: option.value, name: option.typed, source: "options" });
  }
  return layer;
}

/** What tests are told, and the mark that a command run by the agent carries: no settings. */
function isForOthers(name: string): boolean {
  return name.startsWith("VOXPILOT_TEST_") || name === "VOXPILOT_RUN";
}

interface Variables {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly source: "environment" | ".env";
  readonly path?: string;
  readonly problems: string[];
}

function environmentLayer({ variables, source, path, problems }: Variables): Layer {
  const layer = new Map<SettingName, Found>();
  for (const [name, value] of Object.entries(variables)) {
    if (!name.startsWith("VOXPILOT_") || isForOthers(name) || value === undefined) continue;
    const key = environmentNames[name];
    if (!knownVariables.includes(name)) problems.push(unknownName(name, knownVariables));
    // A variable that is set to nothing is how shells unset one.
    else if (key !== undefined && value !== "")
      layer.set(key, { value, name, source, ...(path === undefined ? {} : { path }) });
  }
  return layer;
}

async function fileLayer({ path, isNamed }: ConfigFile, problems: string[]): Promise<Layer> {
  const layer = new Map<SettingName, Found>();
  const text = await readText(path);
  if (text === null && isNamed) problems.push(`${configFileVariable}: there is no file ${path}.`);
  if (text === null) return layer;
  const content = parseObject(text);
  if (content === null)
    problems.push(`${path}: is not a JSON object. Correct it, or move it away to use the defaults.`);
  for (const [key, value] of Object.entries(content ?? {})) {
    if (isSettingName(key)) layer.set(key, { value, name: `${path}: ${key}`, source: "config.json", path });
    else problems.push(`${path}: ${unknownName(key, Object.keys(Settings.shape))}`);
  }
  return layer;
}

/** A `.env` comes with a folder, perhaps a stranger's: it must not send a key from elsewhere to an address of its own. */
function keyAwayFromHome(found: Layer): string[] {
  const address = found.get("modelsBaseUrl");
  if (address?.source !== ".env") return [];
  const sent = [found.get("modelsApiKey"), found.get("modelsHeaders")];
  return sent
    .filter((secret) => secret !== undefined && secret.source !== ".env")
    .map(
      (key) =>
        `${address.name}: stands in .env, but the key in ${key?.name} does not, and would be sent there. Put both in the same place.`,
    );
}

/** Who comes in, and where it is written down, is said by the owner of the machine: never by a folder that VoxPilot is started in. */
const ownersSettings: ReadonlySet<SettingName> = new Set<SettingName>([
  "host",
  "stateDir",
  "publicUrl",
  "lan",
  "https",
  "trustedProxies",
  "githubClientId",
  "githubClientSecret",
  "githubAllowedLogins",
  "githubUrl",
  "githubApiUrl",
]);

function strangersOrders(found: Layer, dotEnv: NodeJS.Dict<string>): string[] {
  const names = [...found].flatMap(([key, { source, name }]) =>
    source === ".env" && ownersSettings.has(key) ? [name] : [],
  );
  if (dotEnv[configFileVariable]) names.push(configFileVariable);
  return names.map(
    (name) =>
      `${name}: stands in the .env of this folder, which is not VoxPilot's own. Set it in the environment, or start in another folder.`,
  );
}

async function isSameFolder({ workingDirectory, ownDirectory }: ConfigSources): Promise<boolean> {
  const folders = await Promise.all([realpath(workingDirectory), realpath(ownDirectory)]);
  return folders[0] === folders[1];
}

/** Also those that another layer stands before: what it holds would count once that one is left out. */
function badValues(layer: Layer): string[] {
  const parsed = Settings.safeParse(valuesOf(layer));
  return (parsed.error?.issues ?? []).map((issue) => describeIssue(issue, layer));
}

function valuesOf(layer: Layer): Record<string, unknown> {
  return Object.fromEntries([...layer].map(([key, { value }]) => [key, value]));
}

function describeIssue(issue: z.core.$ZodIssue, found: Layer): string {
  const [key = "", part] = issue.path.map(String);
  const setting = isSettingName(key) ? found.get(key) : undefined;
  if (!isSettingName(key) || setting === undefined) return `${key}: ${issue.message}`;
  const shown = secretSettings.includes(key)
    ? partName(part)
    : JSON.stringify(withoutCredentials(setting.value));
  return `${setting.name}: ${shown} ${issue.message}`;
}

/** A name that is no header's may be a whole line with its value. */
function partName(part: string | undefined): string {
  if (part === undefined) return "the value";
  return /^[\w-]{1,100}$/.test(part) ? part : "a name";
}

/** An address without what opens it: who comes, and what it asks for. */
function withoutCredentials(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//") : value;
}

/** So many wrong letters may be a slip of the finger; more is another word. */
const likelySlips = 2;

function unknownName(name: string, known: readonly string[]): string {
  const [nearest] = [...known].sort((left, right) => distance(name, left) - distance(name, right));
  const isNear = nearest !== undefined && distance(name, nearest) <= likelySlips;
  return `${name}: there is no such setting. ${isNear ? `Did you mean ${nearest}?` : "See docs/configuration.md."}`;
}

/** How many letters must change to make one word of the other (Levenshtein). */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...left].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...right].entries()) {
      const substituted = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/** A file that somebody named must be there; the one that is looked for by itself need not. */
interface ConfigFile {
  readonly path: string;
  readonly isNamed: boolean;
}

function configFile({ environment, platform }: ConfigSources, dotEnv: NodeJS.Dict<string>): ConfigFile {
  const named = environment[configFileVariable] || dotEnv[configFileVariable];
  if (named) return { path: named, isNamed: named === environment[configFileVariable] };
  const folder =
    platform === "darwin"
      ? applicationSupport(environment)
      : join(environment.XDG_CONFIG_HOME || join(homeOf(environment), ".config"), "voxpilot");
  return { path: join(folder, "config.json"), isNamed: false };
}

function defaultStateDirectory({ environment, platform }: ConfigSources): string {
  // A folder of its own: the state folder must be empty at first, and `config.json` may be there before it.
  if (platform === "darwin") return join(applicationSupport(environment), "state");
  return join(environment.XDG_STATE_HOME || join(homeOf(environment), ".local", "state"), "voxpilot");
}

/** VoxPilot's folder on macOS. */
function applicationSupport(environment: ConfigSources["environment"]): string {
  return join(homeOf(environment), "Library", "Application Support", "VoxPilot");
}

function homeOf(environment: ConfigSources["environment"]): string {
  return environment.HOME || homedir();
}

function isSettingName(key: string): key is SettingName {
  return key in Settings.shape;
}

async function readText(path: string): Promise<string | null> {
  try {
    // Some editors begin a file with a mark of its byte order.
    return (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    // A folder of that name is somebody else's: Python keeps environments in `.env`.
    if (["ENOENT", "EISDIR"].includes(systemErrorCode(error) ?? "")) return null;
    throw error;
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  const Content = z.record(z.string(), z.unknown());
  try {
    return Content.parse(JSON.parse(text));
  } catch {
    // Told as one of the problems, with the path.
    return null;
  }
}
