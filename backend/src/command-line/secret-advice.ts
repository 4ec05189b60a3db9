/** The secrets of the settings: what the redaction is told of them, and where they lie better than they do; and where prompts go that a folder says. */
import { stat } from "node:fs/promises";
import type { Config, SecretPlace } from "../config.ts";
import { queryOf } from "../models/provider.ts";
import { pastedQuery, rememberedTexts, requestField } from "../models/providers/request-fields.ts";
import { Redaction } from "../workspace/redaction/redaction.ts";

/** Knows every secret that was configured. */
export function redactionFor({
  modelsApiKey,
  modelsBaseUrl,
  modelsHeaders,
  providerKeys,
  gitHub,
}: Pick<Config, "modelsApiKey" | "modelsBaseUrl" | "modelsHeaders" | "providerKeys" | "gitHub">): Redaction {
  const redaction = new Redaction();
  for (const key of Object.values(providerKeys)) redaction.remember("model key", key);
  if (modelsApiKey !== null) redaction.remember("model key", modelsApiKey);
  const headers = Object.entries(modelsHeaders).map(([name, value]) => requestField(name, value));
  const query = pastedQuery(queryOf(modelsBaseUrl ?? ""));
  for (const secret of rememberedTexts([...headers, ...query])) redaction.remember("model key", secret);
  if (gitHub.clientSecret !== null) redaction.remember("GitHub client secret", gitHub.clientSecret);
  return redaction;
}

/** One line for each secret that others can read: where it is, and what to do. */
export async function secretAdvice({
  secrets,
  configPath,
}: Pick<Config, "secrets" | "configPath">): Promise<readonly string[]> {
  const lines = await Promise.all(secrets.map((secret) => adviceFor(secret, configPath)));
  return [...new Set(lines.flatMap((line) => (line === null ? [] : [line])))];
}

/** Where prompts go is said by the folder that VoxPilot was started in, perhaps a stranger's: its owner is to know. */
export function foreignModelsAdvice({
  foreignModels,
  modelsBaseUrl,
}: Pick<Config, "foreignModels" | "modelsBaseUrl">): readonly string[] {
  if (foreignModels === null || modelsBaseUrl === null) return [];
  return [
    `Prompts and code go to ${new URL(modelsBaseUrl).origin}, as ${foreignModels} says. If that file is not yours, stop and start in another folder.`,
  ];
}

/** Other programs take a gateway's address from there, and its key would go to OpenAI itself. */
export function gatewayAdvice(
  environment: Readonly<Record<string, string | undefined>>,
  { modelsBaseUrl }: Pick<Config, "modelsBaseUrl">,
): readonly string[] {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: address } = environment;
  if (!key || !address || modelsBaseUrl !== null) return [];
  return [
    "OPENAI_BASE_URL is not read, and OPENAI_API_KEY goes to api.openai.com. For another address set VOXPILOT_MODELS_BASE_URL and VOXPILOT_MODELS_API_KEY.",
  ];
}

async function adviceFor({ name, setting, path }: SecretPlace, configPath: string): Promise<string | null> {
  const value = setting === "modelsHeaders" ? '{"NAME": "…"}' : '"…"';
  if (path === null)
    return `${name} stands in the environment, which every program of yours can read. Safer: {"${setting}": ${value}} in ${configPath}, then: chmod 600 ${configPath}`;
  const { mode } = await stat(path);
  return (mode & 0o077) === 0
    ? null
    : `${path} holds a secret and others can read it. Run: chmod 600 ${path}`;
}
