/** Refusals of the two calls of signing in that a person's browser goes to by itself, as it can show them. */
import type { Context } from "hono";
import { ApiError, problemResponse } from "../errors.ts";
import type { ServerEnvironment } from "../parts.ts";

type RequestContext = Context<ServerEnvironment>;

/** Answers a refusal of `work` as a browser can show it: a page that goes on to `/pair?refused=…`; to programs as a problem. */
export async function answerNavigation(
  context: RequestContext,
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return isNavigation(context) ? refusalPage(error) : problemResponse(error);
  }
}

function isNavigation(context: RequestContext): boolean {
  return context.req.header("accept")?.includes("text/html") === true;
}

/** The policy on scripts forbids any, so the browser is sent on by the page itself. */
function refusalPage(error: ApiError): Response {
  const target = `/pair?${refusalQuery(error)}`.replaceAll("&", "&amp;");
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${target}"><title>VoxPilot</title></head><body><a href="${target}">VoxPilot</a></body></html>\n`;
  const headers = { ...error.extras.headers, "content-type": "text/html; charset=utf-8" };
  return new Response(body, { status: error.status, headers });
}

/** Letters, digits, `%` and such alone: nothing of it can end the attribute that it stands in. */
function refusalQuery({ code, extras }: ApiError): URLSearchParams {
  const query = new URLSearchParams({ refused: code });
  for (const name of ["reason", "detail", "login", "retryAfterSeconds", "next"]) {
    const value = extras.data?.[name];
    if (typeof value === "string" || typeof value === "number") query.set(name, String(value));
  }
  return query;
}
