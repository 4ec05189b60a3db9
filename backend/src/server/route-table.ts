/** How a route is declared: once, with the right it needs, its shapes and its handler. A route without a right does not compile. */
import type { OpenAPIHono, RouteConfig, RouteHandler } from "@hono/zod-openapi";
import type { Handler, Hono } from "hono";
import type * as z from "zod";
import { Problem } from "../protocol/problem.ts";
import { authenticate, type Right, requireRight } from "./callers/authorisation.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import type { ServerEnvironment, ServerParts } from "./parts.ts";
import { type BodyLimit, bodyLimitFor } from "./request-body.ts";
import { validateRequest } from "./validation.ts";

type Registry = OpenAPIHono["openAPIRegistry"];
type Shapes = Pick<RouteConfig, "method" | "path" | "summary" | "request" | "responses">;

interface Terms {
  readonly right: Right;
  /** Where a body may be larger than others. */
  readonly bodyLimit?: BodyLimit;
  /** Where bodies are so large that only one is taken in at a time. */
  readonly isOneAtATime?: true;
}

/** A declared route: what it is called, who may call it, and how it joins an app or an OpenAPI document. */
export interface ServerRoute {
  readonly method: string;
  /** OpenAPI's spelling: `/api/sessions/{id}`. */
  readonly path: string;
  readonly right: Right;
  register(app: Hono<ServerEnvironment>, parts: ServerParts): void;
  describe(registry: Registry): void;
}

const problem = {
  description: "The request was refused or failed; `code` says why.",
  content: { "application/problem+json": { schema: Problem } },
};

type HandlerContext<Definition extends RouteConfig> = Parameters<
  RouteHandler<Definition, ServerEnvironment>
>[0];
type HandlerAnswer<Definition extends RouteConfig> = ReturnType<RouteHandler<Definition, ServerEnvironment>>;

/** Declares a route. The handler gets validated input and, unless the right is `public` or `chat`, a device that holds the right. */
export function route<Path extends string, Definition extends Shapes & { path: Path; right: Right }>(
  definition: Definition & Terms,
  handler: (context: HandlerContext<Definition>, parts: ServerParts) => HandlerAnswer<Definition>,
): ServerRoute {
  const { right, bodyLimit = bodyLimitFor(right), isOneAtATime, ...shapes }: Shapes & Terms = definition;
  return {
    method: shapes.method,
    path: shapes.path,
    right,
    register(app, parts) {
      const waits = isOneAtATime ? [oneAtATime()] : [];
      const checks = [requireRight(right, parts), ...waits, ...validateRequest(shapes.request, bodyLimit)];
      // While a body trickled in, the device may have been signed out: that must hold at once.
      const afterBody =
        shapes.request?.body === undefined ? [] : [authenticate(parts), requireRight(right, parts)];
      // The checks before it have put in place what the definition's own context promises.
      const bound: Handler<ServerEnvironment> = (context) =>
        handler(context as HandlerContext<Definition>, parts);
      const path = shapes.path.replaceAll(/\{(\w+)\}/g, ":$1");
      app.on(shapes.method, [path], ...checks, ...afterBody, bound);
    },
    describe(registry) {
      registry.registerPath({
        ...shapes,
        ...security(right),
        responses: { ...shapes.responses, default: problem },
      });
    },
  };
}

/** A JSON body that must be there. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, content: { "application/json": { schema } } };
}

/** A JSON answer. */
export function jsonContent<Schema extends z.ZodType>(schema: Schema) {
  return { "application/json": { schema } };
}

function security(right: Right): { security: Record<string, string[]>[]; "x-right": Right } {
  const devices = [{ device: [] }, { cookie: [] }];
  const ways = { public: [], chat: [...devices, { github: [] }] };
  return { security: right === "public" || right === "chat" ? ways[right] : devices, "x-right": right };
}
