/** Models and providers: what is set up, adding one, and what new sessions get. */
import type { ProviderEntry, ProviderListing } from "../../api/types.ts";
import { type Child, h, list, when } from "../../lib/dom.ts";
import { computed, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { loadModels, models, nameWithProvider } from "../../state/models.ts";
import { chooseDefaultModel, loadProviders, providerSettings } from "../../state/providers.ts";
import { text } from "../../text/en.ts";
import { providers as words } from "../../text/en-models.ts";
import { turnEnd } from "../../text/en-session.ts";
import { Waiting } from "../frame/waiting.ts";
import { openModelSheet, providerProblem } from "../model-sheet.ts";
import { OpeningRow } from "../option-row.ts";
import { NeedsFull } from "../settings/needs-full.ts";
import { keyWords } from "./key-words.ts";
import { openPresets } from "./preset-sheet.ts";
import { openProvider } from "./provider-sheet.ts";

export function ModelsSection(): HTMLElement {
  return NeedsFull(Content);
}

function Content(): Child {
  const problem = signal<string | null>(null);
  void loadModels();
  void loadProviders().then((failure) => {
    problem.value = failure === null ? null : text.failure(failure, machineName());
  });
  const rows = h("ul", { class: "option-list" });
  list(
    rows,
    () => providerSettings.value?.providers ?? [],
    (provider) => provider.id,
    ProviderRow,
  );
  return [
    h("p", { class: "field-problem", role: "alert" }, () => problem.value),
    rows,
    // What stands beneath the rows comes with them, so that nothing moves under a finger.
    when(
      () => providerSettings.value === null,
      () =>
        when(
          () => problem.value === null,
          () => Waiting(words.loading),
        ),
      Beneath,
    ),
  ];
}

function Beneath(): Child {
  return [
    h(
      "button",
      { type: "button", class: "button button-primary", "aria-haspopup": "dialog", onclick: openPresets },
      words.add,
    ),
    DefaultModel(),
    () => {
      const data = providerSettings.value?.data;
      return data === undefined
        ? null
        : h("p", { class: "muted" }, words.data(data.date, data.source, data.license));
    },
  ];
}

function ProviderRow(provider: ReadonlySignal<ProviderEntry>): HTMLElement {
  return OpeningRow({
    name: () => provider.value.name,
    line: () => lineOf(provider.value),
    open: () => openProvider(provider.peek()),
  });
}

/** What it has or why it cannot be used, where it is, and where its key is. */
function lineOf(provider: ProviderEntry): string {
  const parts = [
    provider.retiredOn === null ? null : words.retired(provider.retiredOn),
    stateOf(models.value?.providers.find(({ id }) => id === provider.id)),
    hostOf(provider.baseUrl),
    provider.key === "none" ? null : keyWords(provider),
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

function stateOf(listing: ProviderListing | undefined): string | null {
  if (listing === undefined) return null;
  if (listing.problem === null) return words.models(listing.models.length);
  return text.model.problems[listing.problem.code] ?? providerProblem(listing);
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

function DefaultModel(): HTMLElement {
  const problem = signal<string | null>(null);
  const chosen = computed(() => providerSettings.value?.defaultModel ?? null);
  const choose = async (model: string | null) => {
    const failure = await chooseDefaultModel(model);
    problem.value = failure === null ? null : text.failure(failure, machineName());
  };
  return h(
    "section",
    { class: "settings-part" },
    h("h2", { class: "section-title" }, words.defaultModel),
    h(
      "p",
      { class: "settings-value", dir: "auto" },
      () => nameWithProvider(chosen.value) ?? words.defaultFirst,
    ),
    h(
      "button",
      {
        type: "button",
        class: "button",
        "aria-haspopup": "dialog",
        onclick: () => openModelSheet({ current: chosen.peek(), onChoose: (model) => void choose(model) }),
      },
      turnEnd.chooseModel,
    ),
    when(
      () => chosen.value !== null,
      () =>
        h(
          "button",
          { type: "button", class: "button", onclick: () => void choose(null) },
          words.defaultClear,
        ),
    ),
    h("p", { class: "field-problem", role: "alert" }, () => problem.value),
  );
}
