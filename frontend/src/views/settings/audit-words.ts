/** One line of the record as a sentence: what happened, and who did it from where. */
import type { AuditEntry } from "../../api/types.ts";
import { formatClock } from "../../lib/format.ts";
import { text } from "../../text/en.ts";
import { audit as words } from "../../text/en-access.ts";

type AuditRecord = AuditEntry["record"];

/** What happened. */
export function auditSentence(record: AuditRecord): string {
  const { rights } = text.settings;
  switch (record.kind) {
    case "device_paired":
      return words.paired(record.name, words.pairedHow[record.how], rights[record.rights]);
    case "device_changed":
      return words.changed(record.name, rights[record.rights]);
    case "device_revoked":
      return words.revoked(record.name);
    case "code_made":
      return words.codeMade(rights[record.rights]);
    case "signed_in":
      return words.signedIn(record.login, words.signedInHow[record.how]);
    case "signed_out":
      return words.signedOut(record.login);
    case "refused":
      return words.refused(words.refusedWhat[record.what], record.login ?? "", record.count);
    case "proof_given":
      return words.proof[record.how];
    case "decision":
      return words.decision(
        words.grants[record.grant ?? ""] ?? words.options[record.option] ?? record.option,
      );
    case "provider_changed":
      return record.origin === null
        ? words.providerRemoved(record.provider)
        : words.providerSet(record.provider, record.origin);
    case "grant_ended":
      return words.grantEnded;
    case "mode_changed":
      return words.mode(
        text.mode.names[record.mode],
        record.endsAt === null ? null : formatClock(new Date(record.endsAt)),
      );
    case "session_rewound":
      return record.undoes === null ? words.rewound(record.files) : words.rewindUndone(record.files);
    case "session_deleted":
      return words.sessionDeleted;
  }
}

/** Who did it, and from which address. */
export function auditActor({
  actor: { kind, name, address },
  record,
}: Pick<AuditEntry, "actor" | "record">): string {
  // Who pairs is a stranger until then, and named in the sentence.
  const isNew = record.kind === "device_paired" && kind === "stranger";
  const who = kind === "device" ? (name ?? "") : isNew ? "" : words.actors[kind];
  return [who, address].filter((part) => part !== null && part !== "").join(" · ");
}
