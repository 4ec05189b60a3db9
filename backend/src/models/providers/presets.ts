/** The services and servers that people have models from: where they are, how a key gets there, and since when one is no more. */
import type { DialectOverrides } from "../dialect.ts";

export interface Preset {
  /** Also the provider's id when it is set up by its variable: what stands before the `/` of `provider/model`. */
  readonly id: string;
  readonly name: string;
  /** Up to where `/chat/completions` begins; null: everybody has an address of their own. */
  readonly baseUrl: string | null;
  /** Hosts that are this service's own: its key is sent there, over https at its own port, and nowhere else. */
  readonly hosts: readonly string[];
  /** Everybody has a host of their own below these. */
  readonly hasOwnHosts?: boolean;
  /** Variables that hold its key, the first one that is set. */
  readonly keyVariables: readonly string[];
  /** key: needs one. none: runs without, and may have one. github: the token of whoever is signed in with GitHub. */
  readonly auth: "key" | "none" | "github";
  /** It runs on people's own machines, and costs nothing. */
  readonly isLocal: boolean;
  /** What the host's name does not tell. */
  readonly dialect?: DialectOverrides;
  /** Where the list of models is, from the base address; absent: at `models`. */
  readonly listPath?: string;
  /** Asked for with the list of models, beside the key. */
  readonly listHeaders?: Readonly<Record<string, string>>;
  /** The list wants the key in this header too. */
  readonly listKeyHeader?: string;
  /** Headers that people send it beside the key, and fields of its query. */
  readonly headerNames?: readonly string[];
  readonly queryNames?: readonly string[];
  /** The day of its end, as `2026-07-30`. */
  readonly retiredOn?: string;
}

const service = { auth: "key", isLocal: false } as const;
const local = { auth: "none", isLocal: true, hosts: [], keyVariables: [] } as const;

/** In the order in which the page offers them. */
export const presets: readonly Preset[] = [
  {
    ...service,
    id: "openai",
    name: "OpenAI",
    baseUrl: "https://api.openai.com/v1",
    hosts: ["api.openai.com"],
    keyVariables: ["OPENAI_API_KEY"],
    headerNames: ["OpenAI-Organization", "OpenAI-Project"],
  },
  {
    ...service,
    id: "openrouter",
    name: "OpenRouter",
    baseUrl: "https://openrouter.ai/api/v1",
    hosts: ["openrouter.ai"],
    keyVariables: ["OPENROUTER_API_KEY"],
    headerNames: ["HTTP-Referer", "X-Title"],
  },
  {
    ...service,
    id: "anthropic",
    name: "Anthropic",
    baseUrl: "https://api.anthropic.com/v1",
    hosts: ["api.anthropic.com"],
    keyVariables: ["ANTHROPIC_API_KEY"],
    listHeaders: { "anthropic-version": "2023-06-01" },
    listKeyHeader: "x-api-key",
  },
  {
    ...service,
    id: "gemini",
    name: "Gemini",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    hosts: ["generativelanguage.googleapis.com"],
    keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
  },
  { ...local, id: "ollama", name: "Ollama", baseUrl: "http://127.0.0.1:11434/v1" },
  { ...local, id: "lmstudio", name: "LM Studio", baseUrl: "http://127.0.0.1:1234/v1" },
  { ...local, id: "llamacpp", name: "llama.cpp", baseUrl: "http://127.0.0.1:8080/v1" },
  { ...local, id: "vllm", name: "vLLM", baseUrl: "http://127.0.0.1:8000/v1", keyVariables: ["VLLM_API_KEY"] },
  {
    ...service,
    id: "groq",
    name: "Groq",
    baseUrl: "https://api.groq.com/openai/v1",
    hosts: ["api.groq.com"],
    keyVariables: ["GROQ_API_KEY"],
  },
  {
    ...service,
    id: "mistral",
    name: "Mistral",
    baseUrl: "https://api.mistral.ai/v1",
    hosts: ["api.mistral.ai", "codestral.mistral.ai"],
    keyVariables: ["MISTRAL_API_KEY"],
  },
  {
    ...service,
    id: "deepseek",
    name: "DeepSeek",
    baseUrl: "https://api.deepseek.com",
    hosts: ["api.deepseek.com"],
    keyVariables: ["DEEPSEEK_API_KEY"],
  },
  {
    ...service,
    id: "azure",
    name: "Azure OpenAI",
    baseUrl: null,
    hosts: ["openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com"],
    hasOwnHosts: true,
    keyVariables: ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
    queryNames: ["api-version"],
  },
  {
    ...service,
    id: "xai",
    name: "xAI",
    baseUrl: "https://api.x.ai/v1",
    hosts: ["api.x.ai"],
    keyVariables: ["XAI_API_KEY"],
  },
  {
    ...service,
    id: "together",
    name: "Together",
    baseUrl: "https://api.together.xyz/v1",
    hosts: ["api.together.xyz", "api.together.ai"],
    keyVariables: ["TOGETHER_API_KEY"],
  },
  {
    ...service,
    id: "fireworks",
    name: "Fireworks",
    baseUrl: "https://api.fireworks.ai/inference/v1",
    hosts: ["api.fireworks.ai"],
    keyVariables: ["FIREWORKS_API_KEY"],
  },
  {
    ...service,
    id: "cerebras",
    name: "Cerebras",
    baseUrl: "https://api.cerebras.ai/v1",
    hosts: ["api.cerebras.ai"],
    keyVariables: ["CEREBRAS_API_KEY"],
  },
  {
    id: "github",
    name: "GitHub Models",
    baseUrl: "https://models.github.ai/inference",
    hosts: ["models.github.ai"],
    keyVariables: [],
    auth: "github",
    isLocal: false,
    listPath: "../catalog/models",
    listHeaders: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
    retiredOn: "2026-07-30",
  },
];

/** Every variable that may hold a key. */
export const keyVariables: readonly string[] = presets.flatMap((preset) => preset.keyVariables);

/** The preset of that id, or null. */
export function presetOf(id: string | null): Preset | null {
  return presets.find((preset) => preset.id === id) ?? null;
}

/** The preset whose address this is, or whose host: of a local one also on another name for this machine. */
export function presetAt(baseUrl: string): Preset | null {
  return presets.find((preset) => isPlaceOf(preset, baseUrl)) ?? null;
}

/** Whether the key of a preset may be sent to this address. */
export function isPlaceOf(preset: Preset, baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const { protocol, hostname, port } = new URL(baseUrl);
  if (!preset.isLocal) {
    if (protocol !== "https:" || port !== "") return false;
    return preset.hosts.some((host) => isHostOf(hostname, host, preset));
  }
  return isLoopback(hostname) && preset.baseUrl !== null && port === new URL(preset.baseUrl).port;
}

function isHostOf(hostname: string, host: string, { hasOwnHosts = false }: Preset): boolean {
  return hostname === host || (hasOwnHosts && hostname.endsWith(`.${host}`));
}

/** Whether a host's name is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
