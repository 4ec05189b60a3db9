/** What Ollama and LM Studio say of a model beside the list: the window it runs with, and what it can do. */
import * as z from "zod";
import { type ModelProvider, providerHeaders, requestAddress } from "../provider.ts";
import { parseJson } from "../stream/json-value.ts";
import { loadFetch, readBounded } from "../transport.ts";
import type { ListedModel } from "./listed-model.ts";

type Details = Omit<ListedModel, "id">;
/** By the model's id. */
type DetailsByModel = ReadonlyMap<string, Details>;

const longestAnswerBytes = 5 * 1024 * 1024;
/** Ollama is asked about each model by itself. */
const mostShown = 40;
const none: DetailsByModel = new Map();

/** What is known of these models beyond their list; empty for every other server, and when it does not answer. Never throws. */
export async function localDetails(
  provider: ModelProvider,
  models: readonly string[],
  signal: AbortSignal,
): Promise<DetailsByModel> {
  const kind = provider.preset?.id;
  if (kind === "ollama") return ollamaDetails(provider, models, signal);
  return kind === "lmstudio" ? studioDetails(provider, signal) : none;
}

const Running = z.object({
  models: z.array(z.object({ name: z.string(), context_length: z.int().positive().optional() })),
});
const Shown = z.object({
  parameters: z.string().optional(),
  capabilities: z.array(z.string()).optional(),
});

/** The window of a model that runs; else the one it is told to run with; else nothing: its own maximum is seldom what it gets. */
async function ollamaDetails(
  provider: ModelProvider,
  models: readonly string[],
  signal: AbortSignal,
): Promise<DetailsByModel> {
  const running = Running.safeParse(await ask(provider, { path: "/api/ps" }, signal));
  const windows = new Map(
    running.success ? running.data.models.map(({ name, context_length }) => [name, context_length]) : [],
  );
  const details = await Promise.all(
    models.slice(0, mostShown).map(async (model): Promise<[string, Details]> => {
      const shown = Shown.safeParse(await ask(provider, { path: "/api/show", body: { model } }, signal));
      const { parameters = "", capabilities } = shown.success ? shown.data : {};
      const told = /^num_ctx\s+(\d{1,9})\s*$/m.exec(parameters)?.[1];
      return [
        model,
        {
          contextWindow: windows.get(model) ?? (told === undefined ? undefined : Number(told)),
          images: capabilities?.includes("vision"),
          tools: capabilities?.includes("tools"),
        },
      ];
    }),
  );
  return new Map(details);
}

const Studio = z.object({
  models: z.array(
    z.object({
      key: z.string(),
      type: z.string().optional(),
      display_name: z.string().optional(),
      max_context_length: z.int().positive().optional(),
      loaded_instances: z
        .array(z.object({ config: z.object({ context_length: z.int().positive().optional() }).optional() }))
        .optional(),
      capabilities: z
        .object({ vision: z.boolean().optional(), trained_for_tool_use: z.boolean().optional() })
        .optional(),
    }),
  ),
});

async function studioDetails(provider: ModelProvider, signal: AbortSignal): Promise<DetailsByModel> {
  const studio = Studio.safeParse(await ask(provider, { path: "/api/v1/models" }, signal));
  if (!studio.success) return none;
  return new Map(
    studio.data.models.map((model): [string, Details] => [
      model.key,
      {
        name: model.display_name,
        contextWindow: model.loaded_instances?.[0]?.config?.context_length ?? model.max_context_length,
        images: model.capabilities?.vision,
        tools: model.capabilities?.trained_for_tool_use,
      },
    ]),
  );
}

interface Question {
  /** From the server's root. */
  readonly path: string;
  /** JSON; absent: a GET. */
  readonly body?: unknown;
}

/** Undefined when there is no answer: what is not said is not known. */
async function ask(provider: ModelProvider, question: Question, signal: AbortSignal): Promise<unknown> {
  const root = provider.baseUrl.replace(/\/v1$/, "");
  try {
    const send = await loadFetch();
    const response = await send(requestAddress(provider, `${root}${question.path}`), {
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        ...providerHeaders(provider),
      },
      signal,
      ...(question.body === undefined ? {} : { method: "POST", body: JSON.stringify(question.body) }),
    });
    const text = await readBounded(response, longestAnswerBytes);
    return response.ok && text !== null ? parseJson(text) : undefined;
  } catch {
    // The server is away, or of an older make: the list alone must do.
    return undefined;
  }
}
