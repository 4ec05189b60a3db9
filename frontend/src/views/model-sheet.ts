/** The sheet to choose a model: by provider, with its window, and the reason where one cannot be used. */
import type { Effort, ModelEntry, ModelListing, ProviderListing } from "../api/types.ts";
import { type Child, h, when } from "../lib/dom.ts";
import { formatWindow } from "../lib/format.ts";
import { openSheet } from "../lib/sheet.ts";
import { type Signal, signal, untracked } from "../lib/signal.ts";
import { listed, loadModels, type Choice as ModelChoice, models } from "../state/models.ts";
import { formatRate, isFree } from "../state/providers.ts";
import { text } from "../text/en.ts";
import { effort as effortWords } from "../text/en-effort.ts";
import { modelFacts } from "../text/en-models.ts";
import { OptionRow } from "./option-row.ts";
import { Choice } from "./settings/choice.ts";
import { NoMatch, SheetSearch, searchFrom } from "./sheet-search.ts";

interface ModelSheetOptions {
  /** `provider/model`; null: the default. */
  readonly current: string | null;
  readonly onChoose: (model: string) => void;
  /** How hard it is to think; absent: that is not chosen here. */
  readonly effort?: EffortChoice;
  /** What opened it; absent: what has the focus. */
  readonly anchor?: HTMLElement | undefined;
}

interface EffortChoice {
  /** Null: as the model does by itself. */
  readonly current: () => Effort | null;
  /** Resolves when the machine has answered. */
  readonly choose: (effort: Effort | null) => Promise<void>;
}

/** Opens the sheet and looks at the providers again; `onChoose` is called with another model than `current` only. */
export function openModelSheet(options: ModelSheetOptions): void {
  void loadModels();
  openSheet({
    title: text.model.title,
    anchor: options.anchor,
    content: (close) => Content(options, close),
  });
}

function Content(options: ModelSheetOptions, close: () => void): Child {
  const words = signal("");
  return [
    when(
      () => models.value !== null && listed(models.value).length >= searchFrom,
      () => SheetSearch(text.model.search, words),
    ),
    () => (models.value === null ? null : Listing({ listing: models.value, words, options, close })),
  ];
}

interface ListingOptions {
  readonly listing: ModelListing;
  readonly words: Signal<string>;
  readonly options: ModelSheetOptions;
  readonly close: () => void;
}

function Listing({ listing, words, options, close }: ListingOptions): Child {
  const current = options.current ?? listing.default;
  const wanted = words.value.trim();
  const matches = listed(listing).filter(({ id, model, provider }) =>
    `${id} ${model.name} ${provider.name}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  const row = (choice: ModelChoice) => [
    OptionRow({
      name: choice.model.name,
      line: factsOf(choice.model),
      isCurrent: choice.id === current,
      refusal: refusalOf(choice),
      choose: () => {
        close();
        if (choice.id !== options.current) options.onChoose(choice.id);
      },
    }),
    choice.id === current ? EffortRow(choice.model, options.effort) : null,
  ];
  if (matches.length === 0 && wanted !== "") return untracked(() => NoMatch(words));
  const shown = listing.providers.filter(
    (provider) => isMissed(provider) || matches.some((match) => match.provider === provider),
  );
  return [
    matches.length === 0 && h("p", { class: "sheet-note" }, text.model.none),
    shown.map((provider) =>
      h(
        "section",
        { class: "option-group" },
        h("h3", { class: "option-group-name" }, provider.name),
        provider.problem === null ? null : h("p", { class: "sheet-note" }, providerProblem(provider)),
        h("ul", { class: "option-list" }, matches.filter((match) => match.provider === provider).map(row)),
      ),
    ),
  ];
}

/** What somebody set up; of what was only looked for nobody misses anything. */
function isMissed({ available, source }: ProviderListing): boolean {
  return !available && source !== "found";
}

/** Beneath the model that is chosen, where it has the choice. */
function EffortRow({ efforts }: ModelEntry, choice: EffortChoice | undefined): Child {
  if (efforts.length === 0 || choice === undefined) return null;
  const row = Choice({
    label: effortWords.label,
    values: ["", ...efforts],
    nameOf: (effort) => effortWords.names[effort],
    current: () => choice.current() ?? "",
    choose: (effort) => choice.choose(effort === "" ? null : effort),
  });
  return h("li", { class: "effort-row" }, row);
}

/** Window, price in and out for a million tokens, and what it cannot do. */
function factsOf(model: ModelEntry): string {
  const { contextWindow, price, tools, retired } = model;
  const parts = [
    retired ? modelFacts.retired : null,
    contextWindow === null ? modelFacts.unknownWindow : modelFacts.window(formatWindow(contextWindow)),
    price === null
      ? modelFacts.unknownPrice
      : isFree(price)
        ? modelFacts.free
        : modelFacts.price(formatRate(price.input), formatRate(price.output)),
    tools === false ? modelFacts.noTools : null,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

/** What cannot be had now stays readable, with the reason. */
function refusalOf({ provider }: ModelChoice): string | null {
  return provider.available ? null : `${provider.name} ${providerProblem(provider)}`;
}

/** Why a provider cannot be used now, in words. */
export function providerProblem(provider: ProviderListing): string {
  const words = text.model.problems[provider.problem?.code ?? ""] ?? text.model.problem;
  return provider.problem?.detail === undefined ? words : `${words}: ${provider.problem.detail}`;
}
