/** Audit: who came in and who decided what, newest first; one kind alone, older pages, and the whole record as a file. */
import type { AuditEntry } from "../../api/types.ts";
import { type Child, h, list } from "../../lib/dom.ts";
import { formatClock, formatDay, formatExact } from "../../lib/format.ts";
import { signal } from "../../lib/signal.ts";
import { type AuditKind, AuditReading, auditExportAddress } from "../../state/access/audit.ts";
import { machineName } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { audit as words } from "../../text/en-access.ts";
import { CopyLine } from "../copy-line.ts";
import { Waiting } from "../frame/waiting.ts";
import { auditActor, auditSentence } from "./audit-words.ts";
import { NeedsFull } from "./needs-full.ts";

const kinds = Object.entries(words.kinds) as readonly (readonly [AuditKind, string])[];

export function AuditSection(): HTMLElement {
  return NeedsFull(Record);
}

function Record(): Child {
  const reading = new AuditReading();
  const kind = signal<AuditKind | null>(null);
  const problem = signal<string | null>(null);
  const isReading = signal(false);
  const run = async (call: ReturnType<AuditReading["readOlder"]>) => {
    isReading.value = true;
    const failure = await call;
    isReading.value = false;
    problem.value = failure === null ? null : text.failure(failure, machineName());
  };
  void run(reading.read(null));
  const choose = (chosen: AuditKind | null) => {
    kind.value = chosen;
    void run(reading.read(chosen));
  };
  return [
    h("div", { class: "audit-head" }, Filter(choose), Export()),
    () => (reading.entries.value === null && problem.value === null ? Waiting(words.loading) : null),
    Rows(reading),
    () =>
      reading.entries.value?.length === 0
        ? h("p", { class: "muted" }, kind.value === null ? words.empty : words.noneOfKind)
        : null,
    h("p", { class: "field-problem", role: "alert" }, () => problem.value),
    h("div", { class: "button-row" }, () =>
      reading.hasMore.value
        ? h(
            "button",
            {
              type: "button",
              class: "button",
              "aria-disabled": () => (isReading.value ? "true" : null),
              onclick: () => {
                if (!isReading.peek()) void run(reading.readOlder());
              },
            },
            words.older,
          )
        : null,
    ),
    h(
      "section",
      { class: "settings-part" },
      h("p", { class: "muted" }, words.chain),
      CopyLine(words.command),
    ),
  ];
}

function Export(): HTMLElement {
  return h(
    "a",
    { class: "button", href: auditExportAddress, download: "voxpilot-audit.jsonl" },
    words.export,
  );
}

function Filter(choose: (kind: AuditKind | null) => void): HTMLElement {
  const field = h(
    "select",
    {
      class: "field",
      id: "audit-kind",
      onchange: () => choose(kinds.find(([kind]) => kind === field.value)?.[0] ?? null),
    },
    h("option", { value: "" }, words.everything),
    kinds.map(([kind, name]) => h("option", { value: kind }, name)),
  );
  return h("div", { class: "labelled" }, h("label", { for: "audit-kind" }, words.filter), field);
}

function Rows(reading: AuditReading): HTMLElement {
  const rows = h("ol", { class: "audit-list" });
  list(
    rows,
    () => reading.entries.value ?? [],
    ({ seq }) => String(seq),
    (entry) => Row(entry.peek()),
  );
  return rows;
}

function SessionLink(id: string): HTMLElement {
  const address = `/s/${id}`;
  return h(
    "a",
    {
      class: "one-line",
      href: address,
      dir: "auto",
      onclick: (event) => {
        event.preventDefault();
        go(address);
      },
    },
    () => summaryOf(id)?.title ?? words.session,
  );
}

function Row(entry: AuditEntry): HTMLElement {
  const at = new Date(entry.at);
  return h(
    "li",
    { class: "audit-row", "data-kind": entry.record.kind },
    h("p", { class: "audit-what", dir: "auto" }, auditSentence(entry.record)),
    h(
      "p",
      { class: "audit-who" },
      h(
        "time",
        { datetime: entry.at, title: formatExact(at) },
        `${formatDay(at, new Date())}, ${formatClock(at)}`,
      ),
      h("span", { dir: "auto" }, auditActor(entry)),
      // A link to one that was deleted would lead nowhere.
      "session" in entry.record && entry.record.kind !== "session_deleted"
        ? SessionLink(entry.record.session)
        : null,
    ),
  );
}
