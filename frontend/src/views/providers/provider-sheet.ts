/** One provider: its name, address and key as a form, or as facts where the machine's start sets them; trying it; taking it away. */
import type { ProviderEntry, ProviderPreset } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { removeProvider } from "../../state/providers.ts";
import { text } from "../../text/en.ts";
import { providers as words } from "../../text/en-models.ts";
import { FactList } from "../settings/fact-list.ts";
import { ConnectionTest, newTrial } from "./connection-test.ts";
import { keyWords } from "./key-words.ts";
import { ProviderForm } from "./provider-form.ts";

/** Opens the sheet of what is set up. */
export function openProvider(provider: ProviderEntry): void {
  openSheet({
    title: provider.name,
    content: (close) =>
      h(
        "div",
        { class: "provider-sheet" },
        Ended(provider.retiredOn),
        provider.source === "settings"
          ? [ProviderForm({ preset: null, before: provider }, close), Remove(provider, close)]
          : Facts(provider),
      ),
  });
}

/** The form of one that is new; `preset` null: any address. */
export function NewProvider(preset: ProviderPreset | null, done: () => void): HTMLElement {
  return h(
    "div",
    { class: "provider-sheet" },
    Ended(preset?.retiredOn ?? null),
    ProviderForm({ preset, before: null }, done),
  );
}

function Ended(day: string | null): Child {
  return day === null ? null : h("p", { class: "muted" }, words.gitHubEnded(day));
}

function Facts(provider: ProviderEntry): Child {
  const { source, variable } = provider;
  const isByVariable = source === "configured" || source === "environment";
  const setBy = source === "environment" ? words.sources[source](variable ?? "") : words.sources[source];
  const trial = newTrial();
  return [
    FactList([
      [words.facts.address, provider.baseUrl],
      [words.facts.key, keyWords(provider)],
      [words.facts.source, setBy],
    ]),
    isByVariable ? h("p", { class: "muted" }, words.fixed) : null,
    ConnectionTest({ id: () => provider.id, trial, useAddress: null }),
  ];
}

function Remove(provider: ProviderEntry, done: () => void): Child {
  const isSending = signal(false);
  const problem = signal<string | null>(null);
  const act = async () => {
    if (isSending.peek()) return;
    isSending.value = true;
    const failure = await removeProvider(provider.id);
    isSending.value = false;
    if (failure === null) done();
    else problem.value = text.failure(failure, machineName());
  };
  return [
    h("p", { class: "muted", dir: "auto" }, words.removeHint(provider.name)),
    // Not filled: the one that is, saves.
    h("button", { type: "button", class: "button", "data-tone": "danger", onclick: () => void act() }, () =>
      isSending.value ? words.removing : words.removeNamed(provider.name),
    ),
    h("p", { class: "field-problem", role: "alert" }, () => problem.value),
  ];
}
