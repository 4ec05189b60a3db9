/** The sheet that lets another device in: the QR code, the code, and the link. */
import { type Child, h } from "../../lib/dom.ts";
import { formatClock } from "../../lib/format.ts";
import { QrCode } from "../../lib/qr.ts";
import { openSheet } from "../../lib/sheet.ts";
import { signal } from "../../lib/signal.ts";
import { machineName, makePairingCode, type PairingCode } from "../../state/device.ts";
import { codeCharacters, formatCode } from "../../state/pairing-code.ts";
import { text } from "../../text/en.ts";
import { CopyLine } from "../copy-line.ts";
import { Waiting } from "../frame/waiting.ts";

/** Makes a code and shows it. */
export function openPairAnother(): void {
  const made = signal<PairingCode | null>(null);
  const problem = signal<string | null>(null);
  void makePairingCode().then((outcome) => {
    if (outcome.ok) made.value = outcome.data;
    else problem.value = text.failure(outcome.failure, machineName());
  });
  openSheet({
    title: text.settings.pairAnother,
    anchor: null,
    content: (): Child => () => {
      if (problem.value !== null) return h("p", { class: "field-problem sheet-note" }, problem.value);
      return made.value === null ? Waiting(text.pairing.waiting(machineName())) : Code(made.value);
    },
  });
}

function Code({ code, url, expiresAt }: PairingCode): HTMLElement {
  return h(
    "div",
    { class: "pair-another" },
    QrCode(url, url),
    h("p", { class: "pair-code" }, formatCode(codeCharacters(code))),
    h("p", null, text.settings.pairHint),
    CopyLine(url),
    h("p", { class: "muted" }, text.settings.pairExpires(formatClock(new Date(expiresAt)))),
  );
}
