/** `voxpilot audit verify` and `voxpilot audit export`: on the files, which a running server only adds to. */
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { auditPaths, exportAudit } from "../../access/audit/audit-files.ts";
import { type AuditVerdict, verifyAudit } from "../../access/audit/verify-audit.ts";
import type { Config } from "../../config.ts";
import type { Command } from "../arguments.ts";

type AuditCommand = Extract<Command["type"], "audit_verify" | "audit_export">;

/** Writes the outcome to `output`; resolves to the exit code: 1 when the record does not fit together. */
export async function runAuditCommand(
  command: AuditCommand,
  { stateDirectory }: Pick<Config, "stateDirectory">,
  output: Writable,
): Promise<number> {
  const { log } = auditPaths(stateDirectory);
  if (command === "audit_export") {
    await pipeline(exportAudit(log), output, { end: false });
    return 0;
  }
  const verdict = await verifyAudit(stateDirectory);
  output.write(`${log}: ${verdictText(verdict)}\n`);
  return verdict.type === "whole" ? 0 : 1;
}

function verdictText(verdict: AuditVerdict): string {
  if (verdict.type === "broken") return `line ${verdict.line} does not fit: ${reasonText(verdict)}`;
  const torn =
    verdict.tornBytes === 0 ? "" : ` An unfinished line of ${verdict.tornBytes} bytes stands at the end.`;
  return `${entries(verdict.count)}, all as they were written.${torn}`;
}

function reasonText({ reason, missing }: Extract<AuditVerdict, { type: "broken" }>): string {
  switch (reason) {
    case "changed":
      return "it was changed.";
    case "rewritten":
      return "the line before it, or it, was written anew.";
    case "removed":
      return `${entries(missing)} before it ${missing === 1 ? "is" : "are"} gone.`;
    case "inserted":
      return "it, or the line before it, was put in.";
    case "moved":
      return "it was moved.";
    case "cut":
      return `${entries(missing)} from here to the end ${missing === 1 ? "is" : "are"} gone.`;
    case "no_head":
      return "the note of the end (audit-head.json) is gone or damaged, so later entries may be gone too.";
  }
}

function entries(count: number): string {
  return count === 1 ? "1 entry" : `${count} entries`;
}
