/** The first run, while there is no model: what was looked for, what was found, and the demo one tap away. */
import type { ProviderListing } from "../api/types.ts";
import { type Child, h, list } from "../lib/dom.ts";
import { icon } from "../lib/icons.ts";
import { computed, onCleanup, type ReadonlySignal, signal } from "../lib/signal.ts";
import { device, machineName } from "../state/access/device.ts";
import { startDemo } from "../state/demo.ts";
import { models, watchModels } from "../state/models.ts";
import { go, replace } from "../state/navigation.ts";
import { loadProviders } from "../state/providers.ts";
import { text } from "../text/en.ts";
import { CopyLine } from "./copy-line.ts";
import { Header } from "./frame/header.ts";
import { Mark } from "./mark.ts";
import { providerProblem } from "./model-sheet.ts";

/** Looks for models every three seconds while it is shown. */
export function FirstRun(): HTMLElement {
  onCleanup(watchModels());
  const providers = computed(() => models.value?.providers ?? []);
  const looked = h("ul", { class: "looked-for" });
  list(
    looked,
    () => providers.value,
    (provider) => provider.id,
    LookedFor,
  );
  const found = h("ul", { class: "found-list" });
  list(
    found,
    () => providers.value.filter(isUsable),
    (provider) => provider.id,
    Found,
  );
  return h(
    "div",
    { class: "first-run" },
    Header({ title: () => text.appName, start: Mark(28, () => false), end: [SettingsButton()] }),
    h(
      "div",
      { class: "first-run-body" },
      h("h2", { class: "screen-title" }, text.firstRun.title),
      () =>
        providers.value.some(isUsable)
          ? h("section", null, h("h3", { class: "section-title" }, text.firstRun.found), found)
          : null,
      h("section", null, h("h3", { class: "section-title" }, text.firstRun.lookedFor), looked, () =>
        providers.value.some((provider) => provider.source === "configured") ? null : NotSet(),
      ),
      AddProvider(),
      DemoButton(),
    ),
  );
}

function SettingsButton(): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": text.sessions.settings,
      title: text.sessions.settings,
      onclick: () => go("/settings"),
    },
    icon("settings"),
  );
}

function LookedFor(provider: ReadonlySignal<ProviderListing>): HTMLElement {
  return h(
    "li",
    { class: "looked-for-row" },
    () => icon(isUsable(provider.value) ? "check" : "dash"),
    h("span", { class: "looked-for-name" }, () => placeOf(provider.value)),
    h("span", { class: "looked-for-result" }, () =>
      isUsable(provider.value) ? text.firstRun.models(provider.value.models.length) : missing(provider.value),
    ),
  );
}

/** The endpoint that a person can name, while nobody has. */
function NotSet(): HTMLElement {
  return h(
    "p",
    { class: "looked-for-row" },
    icon("dash"),
    h("span", { class: "looked-for-name" }, text.firstRun.environment),
    h("span", { class: "looked-for-result" }, text.firstRun.notSet),
  );
}

function Found(provider: ReadonlySignal<ProviderListing>): HTMLElement {
  return h(
    "li",
    null,
    h(
      "button",
      { type: "button", class: "found-row", onclick: () => go("/new") },
      icon("machine"),
      h(
        "span",
        { class: "option-words" },
        h("span", { class: "option-name" }, () => provider.value.name),
        h("span", { class: "option-line" }, () => firstModels(provider.value)),
      ),
      icon("forward"),
    ),
  );
}

/** The form itself comes when it is wanted. */
function AddProvider(): Child {
  const problem = signal<string | null>(null);
  const open = async () => {
    problem.value = null;
    const part = await import("./providers/preset-sheet.ts").catch(() => null);
    const failure = part === null ? "unreachable" : await loadProviders();
    if (failure === null) part?.openPresets();
    else problem.value = text.failure(failure, machineName());
  };
  return () =>
    device.value?.rights === "full"
      ? h(
          "section",
          { class: "first-run-act" },
          h(
            "button",
            {
              type: "button",
              class: "button button-primary",
              "aria-haspopup": "dialog",
              onclick: () => void open(),
            },
            text.firstRun.add,
          ),
          h("p", { class: "field-problem", role: "alert" }, () => problem.value),
        )
      : h("section", null, h("p", null, text.firstRun.ask), CopyLine(text.firstRun.command));
}

function DemoButton(): Child {
  const isStarting = signal(false);
  const problem = signal<string | null>(null);
  const start = async () => {
    if (isStarting.peek()) return;
    isStarting.value = true;
    problem.value = null;
    const started = await startDemo(text.firstRun.demoPrompt);
    isStarting.value = false;
    if ("failure" in started) problem.value = text.failure(started.failure, machineName());
    else replace(`/s/${started.id}`);
  };
  return () =>
    device.value?.rights === "full"
      ? h(
          "section",
          { class: "first-run-act" },
          h(
            "button",
            {
              type: "button",
              class: "button",
              disabled: () => isStarting.value,
              onclick: () => void start(),
            },
            () => (isStarting.value ? text.firstRun.startingDemo : text.firstRun.tryDemo),
          ),
          h("p", { class: "muted" }, text.firstRun.demoHint),
          h("p", { class: "field-problem", role: "alert" }, () => problem.value),
        )
      : null;
}

function isUsable(provider: ProviderListing): boolean {
  return provider.available && provider.models.length > 0;
}

/** `Ollama on 11434`; an endpoint that a person set goes by its setting. */
function placeOf(provider: ProviderListing): string {
  if (provider.source === "configured") return text.firstRun.environment;
  const port = URL.canParse(provider.baseUrl) ? new URL(provider.baseUrl).port : "";
  return port === "" ? provider.name : text.firstRun.on(provider.name, port);
}

function missing(provider: ProviderListing): string {
  if (provider.available) return text.firstRun.noModels;
  return provider.source === "found" ? text.firstRun.isMissing : providerProblem(provider);
}

function firstModels(provider: ProviderListing): string {
  return provider.models
    .slice(0, 3)
    .map((model) => model.name)
    .join(", ");
}
