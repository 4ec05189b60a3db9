/** Errors on the wire: RFC 9457 `application/problem+json`, with a `code` that the page has words for. */
import * as z from "zod";

/** Why a request was refused or failed, for programs. */
export const ProblemCode = z
  .enum([
    "not_paired",
    "device_revoked",
    "expired",
    "proof_needed",
    "forbidden",
    "foreign_host",
    "foreign_origin",
    "invalid_request",
    "unsupported_media_type",
    "too_large",
    "too_many_tries",
    "not_found",
    "method_not_allowed",
    "upgrade_refused",
    "code_unknown",
    "code_expired",
    "last_full_device",
    "github_not_configured",
    "github_not_signed_in",
    "github_state",
    "github_failed",
    "github_unreachable",
    "login_not_allowed",
    "flow_not_found",
    "project_not_allowed",
    "session_not_found",
    "id_reused",
    "prompt_taken_up",
    "turn_not_running",
    "turn_running",
    "changed",
    "queue_full",
    "busy",
    "permission_decided",
    "permission_changed",
    "set_by_environment",
    "model_missing",
    "model_failed",
    "not_saving",
    "disk_full",
    "internal",
  ])
  .meta({ id: "ProblemCode" });
export type ProblemCode = z.infer<typeof ProblemCode>;

/** The body of every answer that is not 2xx. `detail` is a sentence for people. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: ProblemCode,
    /** Facts that belong to the code, such as the decision that came first. */
    data: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;
