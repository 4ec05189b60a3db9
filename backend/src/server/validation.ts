/** Checks what a request brings against its route's schemas, once; handlers get it by `context.req.valid(…)`. */
import type { RouteConfig } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import type * as z from "zod";
import { ApiError } from "./errors.ts";
import type { ServerEnvironment } from "./parts.ts";
import { type BodyLimit, readBody, readRawBody } from "./request-body.ts";

type Target = "param" | "query" | "json";
type Shapes = NonNullable<RouteConfig["request"]>;

/** The middleware that a route with these shapes needs, in order: path, query, body. */
export function validateRequest(
  shapes: Shapes | undefined,
  limit: BodyLimit,
): MiddlewareHandler<ServerEnvironment>[] {
  const media = shapes?.body?.content["application/json"];
  const body = media !== undefined && "schema" in media ? media.schema : undefined;
  const schemas: readonly (readonly [Target, unknown])[] = [
    ["param", shapes?.params],
    ["query", shapes?.query],
    ["json", body],
  ];
  return schemas.flatMap(([target, schema]) => {
    if (!isSchema(schema)) return [];
    return target === "json" && limit.isRaw ? [takeRaw(limit)] : [validate(schema, { target, limit })];
  });
}

interface Source {
  readonly target: Target;
  readonly limit: BodyLimit;
}

function validate(schema: z.ZodType, source: Source): MiddlewareHandler<ServerEnvironment> {
  const { target } = source;
  return async (context, next) => {
    const result = schema.safeParse(await readTarget(context, source));
    if (!result.success) throw invalidRequest(target, result.error);
    // The routes' schemas describe objects.
    context.req.addValidatedData(target, result.data as object);
    await next();
  };
}

/** The handler reads it by the route's schema. */
function takeRaw(limit: BodyLimit): MiddlewareHandler<ServerEnvironment> {
  return async (context, next) => {
    assertJson(context);
    context.set("rawBody", await readRawBody(context, limit));
    await next();
  };
}

async function readTarget(context: Context<ServerEnvironment>, { target, limit }: Source): Promise<unknown> {
  switch (target) {
    case "param":
      return context.req.param();
    case "query":
      return Object.fromEntries(
        Object.entries(context.req.queries()).map(([name, values]) => [
          name,
          values.length === 1 ? values[0] : values,
        ]),
      );
    case "json":
      return readJson(context, limit);
  }
}

/** A body of another type, or of none, is what a form on another page could send. */
function assertJson(context: Context<ServerEnvironment>): void {
  const [type = ""] = (context.req.header("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    throw new ApiError(415, "unsupported_media_type", {
      detail: "Send JSON, with content-type: application/json.",
    });
  }
}

async function readJson(context: Context<ServerEnvironment>, limit: BodyLimit): Promise<unknown> {
  assertJson(context);
  const body = await readBody(context, limit);
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError(400, "invalid_request", { detail: "The body is not JSON." });
  }
}

function invalidRequest(target: Target, error: z.ZodError): ApiError {
  const issues = error.issues.map(({ path, message }) => ({ path: path.map(String), message }));
  const [first] = issues;
  const where = first === undefined || first.path.length === 0 ? target : first.path.join(".");
  const detail = `${where}: ${first?.message ?? "not valid"}`;
  return new ApiError(400, "invalid_request", { detail, data: { target, issues } });
}

function isSchema(schema: unknown): schema is z.ZodType {
  return typeof schema === "object" && schema !== null && "safeParse" in schema;
}
