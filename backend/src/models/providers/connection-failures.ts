/** The one word for what went wrong between us and an endpoint. */
import type { ConnectionOutcome } from "../../protocol/provider.ts";
import type { TurnProblem } from "../../protocol/session.ts";

const networkOutcomes: readonly (readonly [RegExp, ConnectionOutcome])[] = [
  [/^(?:ENOTFOUND|EAI_\w+)$/, "unknown_host"],
  [/^ECONNREFUSED$/, "refused"],
  [/CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|UNABLE_TO_|^EPROTO$|HOSTNAME_MISMATCH/, "tls"],
  [/^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/, "unreachable"],
];

/** Of what `fetch` threw; a connection that broke off is `unreachable`. */
export function failureOfNetwork(error: unknown): ConnectionOutcome {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    // What `fetch` says of it has no code.
    if (at.message === "bad port") return "bad_port";
    const codes = at instanceof AggregateError ? at.errors.map(codeOf) : [codeOf(at)];
    for (const code of codes) {
      const found = networkOutcomes.find(([pattern]) => pattern.test(code));
      if (found !== undefined) return found[1];
    }
  }
  return "unreachable";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

const faultOutcomes: Readonly<Partial<Record<TurnProblem["code"], ConnectionOutcome>>> = {
  model_gone: "gone",
  model_quota: "quota",
  model_rate_limit: "rate_limit",
  model_timeout: "timeout",
  model_unreachable: "unreachable",
};

/** Of an answer that is no answer. */
export function outcomeOfFault({ code, status, detail = "" }: TurnProblem): ConnectionOutcome {
  if (code === "model_auth") return status === 403 ? "forbidden" : "key_refused";
  if (status !== undefined && status >= 300 && status < 400) return "redirect";
  if (
    /does not support (?:tools|function)|tool[ _](?:use|call\w*|choice).{0,60}(?:support|enable)|support tool/i.test(
      detail,
    )
  )
    return "no_tools";
  if (code === "model_not_found") return /model/i.test(detail) ? "model_missing" : "wrong_path";
  return faultOutcomes[code] ?? "failed";
}
