/** Failures over HTTP: one error class, and the one handler that makes `application/problem+json` of whatever was thrown. */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type * as z from "zod";
import type { Problem, ProblemCode } from "../protocol/problem.ts";
import { SessionConflict } from "../sessions/session-conflict.ts";
import { ProjectRefused } from "../workspace/projects.ts";
import type { Redaction } from "../workspace/redaction/redaction.ts";
import { systemErrorCode } from "../workspace/workspace-error.ts";
import type { ServerParts } from "./parts.ts";

type Code = z.infer<typeof ProblemCode>;

/** What a problem carries beside its status, code and sentence. */
export interface ProblemExtras {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown anywhere in the server's edge to refuse a request: `code` is for programs, `detail` for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: ContentfulStatusCode;
  readonly code: Code;
  readonly extras: ProblemExtras;

  constructor(status: ContentfulStatusCode, code: Code, problem: { detail: string } & ProblemExtras) {
    super(problem.detail);
    this.status = status;
    this.code = code;
    this.extras = problem;
  }
}

const titles: Partial<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  410: "Gone",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  507: "Insufficient Storage",
};

/** The answer for a refusal, as RFC 9457 has it. */
export function problemResponse(error: ApiError): Response {
  const problem: Problem = {
    type: "about:blank",
    title: titles[error.status] ?? "Error",
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.extras.data === undefined ? {} : { data: error.extras.data }),
  };
  return new Response(JSON.stringify(problem), {
    status: error.status,
    headers: { ...error.extras.headers, "content-type": "application/problem+json" },
  });
}

/** The app's only error handler: refusals as they are, everything unknown logged and answered without its cause. */
export function createErrorHandler({
  logger,
  redaction,
  stopping,
}: Pick<ServerParts, "logger" | "redaction" | "stopping">): (error: Error, context: Context) => Response {
  return (error, context) => {
    const known = toApiError(error);
    if (known !== null) return problemResponse(withoutSecrets(known, redaction));
    // Given up, not failed: whoever asked has gone, or the server goes.
    if (error.name === "AbortError" && (stopping.aborted || context.req.raw.signal.aborted))
      return problemResponse(new ApiError(503, "busy", { detail: "It was given up before it was done." }));
    logger.error("request failed", { method: context.req.method, path: context.req.path, error });
    return problemResponse(
      new ApiError(500, "internal", { detail: "VoxPilot failed here. The server's log says where." }),
    );
  };
}

/** What another side said stands in problems too: an endpoint's own words, a command's. */
function withoutSecrets({ status, code, message, extras }: ApiError, redaction: Redaction): ApiError {
  const { data, headers } = extras;
  return new ApiError(status, code, {
    detail: redaction.text(message),
    ...(data === undefined ? {} : { data: redaction.value(data) }),
    ...(headers === undefined ? {} : { headers }),
  });
}

/** A refusal that another part spoke, in HTTP's words; null for anything unexpected. */
function toApiError(error: Error): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error instanceof SessionConflict) return conflictError(error);
  if (error instanceof ProjectRefused) {
    return new ApiError(422, error.code, { detail: error.message, data: { reason: error.reason } });
  }
  const code = systemErrorCode(error);
  if (code === null || !diskFailures.has(code)) return null;
  return new ApiError(507, "not_saving", { detail: `This cannot be saved on the machine now (${code}).` });
}

/** The disk takes nothing: full, over the user's share, read-only, failing. */
const diskFailures: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO"]);

const conflictStatus: Partial<Record<Code, ContentfulStatusCode>> = {
  invalid_request: 400,
  forbidden: 403,
  not_found: 404,
  session_not_found: 404,
  project_not_allowed: 422,
  id_reused: 422,
  busy: 503,
  too_large: 413,
  not_saving: 507,
  disk_full: 507,
};

function conflictError(conflict: SessionConflict): ApiError {
  const status = conflictStatus[conflict.code] ?? 409;
  return new ApiError(status, conflict.code, {
    detail: conflict.message,
    ...(conflict.data === undefined ? {} : { data: conflict.data }),
  });
}
