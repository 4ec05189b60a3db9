/** Where models come from: what is set up, setting up, taking away, and trying it. Keys go in and never come out. */
import type { Context } from "hono";
import * as z from "zod";
import {
  ConnectionReport,
  ProviderEntry,
  ProviderId,
  ProviderSettings,
  PutProvider,
} from "../../protocol/provider.ts";
import { auditActor } from "../callers/audit-actor.ts";
import { requireFresh } from "../callers/authorisation.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { jsonBody, jsonContent, route } from "../route-table.ts";
import { signedInToken } from "../sign-in/signed-in-token.ts";

const byId = z.object({ id: ProviderId });
const TestProvider = z.object({ model: z.string().min(1).max(300).optional() }).meta({ id: "TestProvider" });
const ChooseModel = z
  .object({
    model: z
      .string()
      .min(3)
      .max(400)
      .regex(/^[^/]+\/./)
      .nullable(),
  })
  .meta({ id: "ChooseModel" });

export const providerRoutes = [
  route(
    {
      method: "get",
      path: "/api/providers",
      right: "full",
      summary: "What is set up, and what can be; without keys",
      responses: { 200: { description: "As it is now.", content: jsonContent(ProviderSettings) } },
    },
    async (context, parts) => context.json(await settingsOf(parts), 200),
  ),
  route(
    {
      method: "put",
      path: "/api/providers/{id}",
      right: "full",
      summary: "Add a provider or change one; needs fresh proof. 409 when the environment sets it",
      request: { params: byId, body: jsonBody(PutProvider) },
      responses: { 200: { description: "As it is now.", content: jsonContent(ProviderEntry) } },
    },
    async (context, parts) => {
      requireFresh(context, parts);
      const { id } = context.req.valid("param");
      const change = context.req.valid("json");
      const refusal = await parts.catalogue.providers.put(id, change);
      if (refusal !== null) throw refused(refusal);
      await record(context, parts, { provider: id, change: "set", baseUrl: change.baseUrl });
      const entry = (await settingsOf(parts)).providers.find((provider) => provider.id === id);
      if (entry === undefined) throw refused("not_found");
      return context.json(entry, 200);
    },
  ),
  route(
    {
      method: "delete",
      path: "/api/providers/{id}",
      right: "full",
      summary: "Take a provider away, with its key; needs fresh proof",
      request: { params: byId },
      responses: { 204: { description: "It is gone." } },
    },
    async (context, parts) => {
      requireFresh(context, parts);
      const { id } = context.req.valid("param");
      const refusal = await parts.catalogue.providers.remove(id);
      if (refusal !== null) throw refused(refusal);
      await record(context, parts, { provider: id, change: "removed", baseUrl: null });
      return context.body(null, 204);
    },
  ),
  route(
    {
      method: "post",
      path: "/api/providers/{id}/test",
      right: "full",
      summary: "Try it as a turn would: its list, then one word of a model; says the one thing that is wrong",
      isOneAtATime: true,
      request: { params: byId, body: jsonBody(TestProvider) },
      responses: { 200: { description: "What came of it.", content: jsonContent(ConnectionReport) } },
    },
    async (context, parts) => {
      const { id } = context.req.valid("param");
      const { model = null } = context.req.valid("json");
      const trial = { id, model, personalKey: await signedInToken(context, parts) };
      const report = await parts.catalogue.test(trial, context.req.raw.signal);
      if (report === null) throw refused("not_found");
      return context.json(parts.redaction.value(report), 200);
    },
  ),
  route(
    {
      method: "put",
      path: "/api/models/default",
      right: "full",
      summary: "What new sessions get, as `provider/model`; null: the first that can be had",
      request: { body: jsonBody(ChooseModel) },
      responses: { 204: { description: "It holds from now on." } },
    },
    async (context, parts) => {
      await parts.catalogue.providers.choose(context.req.valid("json").model);
      return context.body(null, 204);
    },
  ),
];

async function settingsOf(parts: ServerParts): Promise<ProviderSettings> {
  return parts.redaction.value(await parts.catalogue.providers.settings());
}

interface Change {
  readonly provider: string;
  readonly change: "set" | "removed";
  readonly baseUrl: string | null;
}

async function record(
  context: Context<ServerEnvironment>,
  parts: ServerParts,
  { provider, change, baseUrl }: Change,
): Promise<void> {
  // An address may carry a key of its own: the origin says where prompts go from now on.
  const origin = baseUrl === null ? null : new URL(baseUrl).origin;
  await parts.audit.record(auditActor(context, parts), {
    kind: "provider_changed",
    provider,
    change,
    origin,
  });
}

type Refusal = NonNullable<Awaited<ReturnType<ServerParts["catalogue"]["providers"]["put"]>>>;

function refused(refusal: Refusal): ApiError {
  if (typeof refusal === "object")
    return new ApiError(400, "invalid_request", {
      detail: `${refusal.withoutValue}: has no value, and none is kept for this address. Send it with its value.`,
    });
  if (refusal === "not_found")
    return new ApiError(404, "not_found", { detail: "There is no provider of that id." });
  return new ApiError(409, "set_by_environment", {
    detail: "This is set where the server starts: change it there, and start the server again.",
  });
}
