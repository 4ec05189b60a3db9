/** What this is: version, machine, the model in use, and diagnostics to copy. */

import { copyText } from "../../lib/browser/copy.ts";
import { type Child, h } from "../../lib/dom.ts";
import { device } from "../../state/access/device.ts";
import { loadModels, modelName } from "../../state/models.ts";
import { text } from "../../text/en.ts";
import { showBar } from "../frame/bars.ts";

const words = text.settings;

export function AboutSection(): HTMLElement {
  void loadModels();
  return h(
    "div",
    { class: "settings-section about" },
    h("dl", null, () => facts().map(([name, value]) => [h("dt", null, name), h("dd", null, value)])),
    () =>
      device.value !== null && !device.value.server.https && !isLocal()
        ? h("p", { class: "muted" }, words.plainHttp)
        : null,
    h("p", { class: "muted" }, words.licence),
    h(
      "button",
      { type: "button", class: "button", onclick: () => void copyDiagnostics() },
      words.copyDiagnostics,
    ),
  );
}

function facts(): readonly (readonly [string, Child])[] {
  const server = device.value?.server;
  if (server === undefined) return [];
  const model = server.demo ? text.demoNote : (modelName(null) ?? text.newSession.noModel);
  return [
    [words.version, server.version],
    [words.machine, server.machine],
    [words.address, server.address],
    [words.model, model],
  ];
}

async function copyDiagnostics(): Promise<void> {
  const lines = facts().map(([name, value]) => `${name}: ${String(value)}`);
  const copied = await copyText([...lines, `Browser: ${navigator.userAgent}`].join("\n"));
  showBar({ sentence: copied ? text.copied : text.notCopied });
}

function isLocal(): boolean {
  return window.isSecureContext;
}
