/** Model servers that people run on their own machine, and the ports that they use by default. */
import type { ModelProvider } from "./provider.ts";
import { presetOf, presets } from "./providers/presets.ts";

export interface LocalServer {
  readonly id: string;
  readonly name: string;
  readonly port: number;
}

/** vLLM is not looked for: its port is our own. */
export const usualLocalServers: readonly LocalServer[] = presets
  .filter(({ id, isLocal }) => isLocal && id !== "vllm")
  .flatMap(({ id, name, baseUrl }) =>
    baseUrl === null ? [] : { id, name, port: Number(new URL(baseUrl).port) },
  );

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
