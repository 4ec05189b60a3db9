/** What can be set, as one Zod schema, and the names of the environment variables. */
import { isIP } from "node:net";
import { isAbsolute } from "node:path";
import * as z from "zod";
import { FieldValue, HeaderName } from "./protocol/request-field.ts";

const httpUrl = (example: string) =>
  z.url({ protocol: /^https?$/, error: `is not an http(s) address. Use one like ${example}.` });

const noList = 'is not a list of texts. Write it as ["one", "two"].';
const noHost = "is not a host name or address. Use 127.0.0.1, or an address of this machine.";
const noStateDir = "is not an absolute path. Write it from the root: /home/me/voxpilot.";
const noChecks = 'is not a list of commands by project. Write it as {"/home/me/app": ["npm test"]}.';
const noFolders = 'is not a list of absolute paths. Write it as ["/home/me/app"].';

/** Several values in one: separated by commas in the environment, a list in the file. */
const list = (item: z.ZodType<string>) =>
  z
    .preprocess(
      (value) =>
        typeof value === "string"
          ? value
              .split(",")
              .map((part) => part.trim())
              .filter(Boolean)
          : value,
      z.array(item, noList),
    )
    .default([]);

const flag = z
  .preprocess(
    (value) =>
      value === "1" || value === "true" ? true : value === "0" || value === "false" ? false : value,
    z.boolean("is neither true nor false. Use true or false."),
  )
  .default(false);

const headersExample = 'Write it as {"X-Title": "VoxPilot"}.';

/** What stands in a variable is text; what is no JSON stays as it is, and is told of. */
function jsonOf(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function namesAreHeaders(headers: Readonly<Record<string, string>>, context: z.RefinementCtx): void {
  for (const name of Object.keys(headers))
    for (const { message } of HeaderName.safeParse(name).error?.issues ?? [])
      context.addIssue({ code: "custom", path: [name], message });
}

const gitHubLogin = z
  .string(noList)
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/,
    "holds a name that is no GitHub login. Use one like octocat, without @.",
  );

function isAddressOrRange(value: string): boolean {
  const [address = "", prefix = "0", ...rest] = value.split("/");
  const family = isIP(address);
  const isPrefix = /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
  return family !== 0 && !address.includes("%") && isPrefix && rest.length === 0;
}

const proxyAddress = z
  .string(noList)
  .refine(isAddressOrRange, "holds what is no address. Use addresses or ranges: 127.0.0.1 or 10.0.0.0/8.");

/** What can be set; every message says what is wrong and how to put it right. */
export const Settings = z.object({
  host: z
    .string(noHost)
    .regex(/^(?:[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+)$/, noHost)
    .default("127.0.0.1"),
  port: z.coerce
    .number("is not a port. Use a number from 0 to 65535 (0: any free one).")
    .int("is not a port. Use a whole number from 0 to 65535 (0: any free one).")
    .min(0, "is not a port. Use a number from 0 to 65535 (0: any free one).")
    .max(65_535, "is not a port. Use a number from 0 to 65535 (0: any free one).")
    .default(8000),
  stateDir: z.string(noStateDir).refine(isAbsolute, noStateDir).optional(),
  publicUrl: httpUrl("https://voxpilot.example.org")
    .refine(
      (url) => !URL.canParse(url) || new URL(url).pathname === "/",
      "has a path. VoxPilot stands at the root of its address: leave the path out.",
    )
    .optional(),
  /** `--lan`, or in `config.json`: every address is listened on. */
  lan: flag,
  https: flag,
  trustedProxies: list(proxyAddress),
  githubClientId: z.string("is not a client id. Copy it from the app's page on GitHub.").min(1).optional(),
  githubClientSecret: z
    .string("is not a client secret. Copy it from the app's page on GitHub.")
    .min(1)
    .optional(),
  githubAllowedLogins: list(gitHubLogin),
  githubUrl: httpUrl("https://github.example.org").default("https://github.com"),
  githubApiUrl: httpUrl("https://github.example.org/api/v3").optional(),
  model: z.string("is not a model's name. Use one like gpt-5 or ollama/qwen3.").optional(),
  modelsBaseUrl: httpUrl("http://127.0.0.1:11434/v1").optional(),
  modelsApiKey: z
    .string("is not a key. Write it as text.")
    .regex(
      /^[\x21-\x7e]+$/,
      "holds characters that no key has. Copy the key again, without spaces or quotes.",
    )
    .optional(),
  /** Sent with every request to `modelsBaseUrl`, beside the key; JSON in the environment. */
  modelsHeaders: z
    .preprocess(
      jsonOf,
      z
        .record(z.string(), FieldValue, `is no list of headers. ${headersExample}`)
        .superRefine(namesAreHeaders),
    )
    .default({}),
  logLevel: z
    .enum(["debug", "info", "warn", "error"], "is not a log level. Use debug, info, warn or error.")
    .default("info"),
  /** By project: commands that the agent runs by itself after it has changed files there. */
  checks: z
    .record(
      z.string(),
      z
        .array(z.string(noChecks).trim().min(1, "holds an empty command."), noChecks)
        // No `max`: that counts the letters of a text, too.
        .refine((commands) => commands.length <= 5, "holds more than 5 commands. Put them into one script."),
      noChecks,
    )
    .refine(
      (checks) => Object.keys(checks).every((path) => isAbsolute(path)),
      "names a project by what is no absolute path. Write it from the root: /home/me/app.",
    )
    .default({}),
  projects: z.array(z.string(noFolders).refine(isAbsolute, noFolders), noFolders).default([]),
});
export type Settings = z.infer<typeof Settings>;
export type SettingName = keyof Settings;

/** The settings that have a variable. */
export const environmentNames: Readonly<Record<string, SettingName>> = {
  VOXPILOT_HOST: "host",
  VOXPILOT_PORT: "port",
  VOXPILOT_STATE_DIR: "stateDir",
  VOXPILOT_PUBLIC_URL: "publicUrl",
  VOXPILOT_HTTPS: "https",
  VOXPILOT_TRUSTED_PROXIES: "trustedProxies",
  VOXPILOT_GITHUB_CLIENT_ID: "githubClientId",
  VOXPILOT_GITHUB_CLIENT_SECRET: "githubClientSecret",
  VOXPILOT_GITHUB_ALLOWED_LOGINS: "githubAllowedLogins",
  VOXPILOT_GITHUB_URL: "githubUrl",
  VOXPILOT_GITHUB_API_URL: "githubApiUrl",
  VOXPILOT_MODEL: "model",
  VOXPILOT_MODELS_BASE_URL: "modelsBaseUrl",
  VOXPILOT_MODELS_API_KEY: "modelsApiKey",
  VOXPILOT_MODELS_HEADERS: "modelsHeaders",
  VOXPILOT_LOG_LEVEL: "logLevel",
};
