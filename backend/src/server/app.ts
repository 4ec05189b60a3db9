/** The HTTP edge: puts the guard, the rights, the routes, the page and the error handler together. */
import { setMaxListeners } from "node:events";
import { Hono } from "hono";
import { logRequests } from "./callers/access-log.ts";
import { authenticate, requireRight } from "./callers/authorisation.ts";
import { guardRequests } from "./callers/guard.ts";
import { noteKnownConnection } from "./callers/known-connections.ts";
import { refusePlainHttp } from "./callers/plain-http.ts";
import { ApiError, createErrorHandler, problemResponse } from "./errors.ts";
import type { ServerEnvironment, ServerParts } from "./parts.ts";
import { endUnreadBodies } from "./request-body.ts";
import { allRoutes } from "./routes/all-routes.ts";
import { securityHeaders } from "./security-headers.ts";

/** The app, ready for a server or for `app.request()`. It holds no state of its own. */
export function createApp(parts: ServerParts): Hono<ServerEnvironment> {
  // Every open stream listens for the end.
  setMaxListeners(0, parts.stopping);
  const app = new Hono<ServerEnvironment>();
  app.onError(createErrorHandler(parts));
  app.use(endUnreadBodies, logRequests(parts));
  app.use(securityHeaders);
  app.use(guardRequests(parts), refusePlainHttp(parts));
  app.use("/api/*", authenticate(parts), noteKnownConnection);
  for (const route of allRoutes) route.register(app, parts);
  app.all("/api/*", requireRight("read", parts), (context) =>
    refuseUnknown(context.req.method, context.req.path),
  );
  app.get("*", (context) => parts.staticFiles.respond(context.req.raw));
  app.notFound(() => problemResponse(new ApiError(404, "not_found", { detail: "There is nothing here." })));
  return app;
}

/** A path that the table knows under another method is 405, all else 404. */
function refuseUnknown(method: string, path: string): Response {
  const known = allRoutes
    .filter((route) => matches(route.path, path))
    .map((route) => route.method.toUpperCase());
  if (known.length === 0) throw new ApiError(404, "not_found", { detail: "There is no such call." });
  throw new ApiError(405, "method_not_allowed", {
    detail: `${method} does not work here.`,
    headers: { allow: known.join(", ") },
  });
}

function matches(template: string, path: string): boolean {
  const [expected, actual] = [template.split("/"), path.split("/")];
  return (
    expected.length === actual.length &&
    expected.every((part, index) => part.startsWith("{") || part === actual[index])
  );
}
