/** The OpenAPI document, made of the route table alone: no server, no parts. */
import { OpenAPIHono } from "@hono/zod-openapi";
import * as z from "zod";
import { ToolFailure, ToolOutput } from "../protocol/tool-call.ts";
import { allRoutes } from "./routes/all-routes.ts";

type JsonSchema = Record<string, unknown>;

/** The document that `openapi.json` holds and the page's types are made of. */
export function exportOpenApi(): object {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono();
  for (const route of allRoutes) route.describe(openAPIRegistry);
  // No route names these two: they are what `rawOutput` of our own tools holds.
  openAPIRegistry.register("ToolOutput", ToolOutput);
  openAPIRegistry.register("ToolFailure", ToolFailure);
  openAPIRegistry.registerComponent("securitySchemes", "device", { type: "http", scheme: "bearer" });
  openAPIRegistry.registerComponent("securitySchemes", "cookie", {
    type: "apiKey",
    in: "cookie",
    name: "voxpilot_device",
  });
  openAPIRegistry.registerComponent("securitySchemes", "github", {
    type: "apiKey",
    in: "cookie",
    name: "gh_token",
  });
  const document = getOpenAPI31Document({ openapi: "3.1.0", info: { title: "VoxPilot", version: "1" } });
  const names = Object.keys(document.components?.schemas ?? {});
  return { ...document, components: { ...document.components, schemas: namedSchemas(names) } };
}

/**
 * The schemas with a name, as Zod itself writes them: plain `oneOf` with constant tags, which TypeScript narrows by,
 * and `anyOf` with null, which the route generator loses on named schemas.
 */
function namedSchemas(names: readonly string[]): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => {
      // What every integer and every time stamp says of itself is noise here.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
    },
  });
  return Object.fromEntries(names.map((name) => [name, withoutIdentity(schemas[name])]));
}

function withoutIdentity(schema: JsonSchema | undefined): JsonSchema {
  if (schema === undefined) throw new Error("A schema in the route table has an id that Zod does not know.");
  const { $schema: _schema, $id: _id, id: _name, ...rest } = schema;
  return rest;
}
