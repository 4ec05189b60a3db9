/** Model servers that people run on their own machine, and the ports that they use by default. */
import type { ModelProvider } from "./provider.ts";
import { presetOf } from "./providers/presets.ts";

export interface LocalServer {
  readonly id: string;
  readonly name: string;
  readonly port: number;
}

/** vLLM is not looked for: its port is our own. */
export const usualLocalServers: readonly LocalServer[] = [
  { id: "ollama", name: "Ollama", port: 11434 },
  { id: "lmstudio", name: "LM Studio", port: 1234 },
  { id: "llamacpp", name: "llama.cpp", port: 8080 },
];

/** How long a local server may take to say what it has. */
export const localTimeoutMs = 500;

/** The server as a provider, whether or not it runs. */
export function localProvider(server: LocalServer): ModelProvider {
  const baseUrl = `http://127.0.0.1:${server.port}/v1`;
  const preset = presetOf(server.id);
  return {
    id: server.id,
    name: server.name,
    baseUrl,
    apiKey: null,
    model: null,
    source: "found",
    ...(preset === null ? {} : { preset }),
  };
}
