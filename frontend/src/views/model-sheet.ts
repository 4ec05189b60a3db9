/** The sheet to choose a model: by provider, with its window, and the reason where one cannot be used. */
import type { ModelListing, ProviderListing } from "../api/types.ts";
import { type Child, h, when } from "../lib/dom.ts";
import { formatWindow } from "../lib/format.ts";
import { openSheet } from "../lib/sheet.ts";
import { type Signal, signal, untracked } from "../lib/signal.ts";
import { type Choice, choices, loadModels, models } from "../state/models.ts";
import { text } from "../text/en.ts";
import { OptionRow } from "./option-row.ts";
import { NoMatch, SheetSearch, searchFrom } from "./sheet-search.ts";

interface ModelSheetOptions {
  /** `provider/model`; null: the default. */
  readonly current: string | null;
  readonly onChoose: (model: string) => void;
  /** What opened it; absent: what has the focus. */
  readonly anchor?: HTMLElement | undefined;
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
      () => models.value !== null && choices(models.value).length >= searchFrom,
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
  const matches = choices(listing).filter(({ id, model }) =>
    `${id} ${model.name}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  const row = (choice: Choice) =>
    OptionRow({
      name: choice.model.name,
      line: windowOf(choice),
      isCurrent: choice.id === current,
      refusal: null,
      choose: () => {
        close();
        if (choice.id !== options.current) options.onChoose(choice.id);
      },
    });
  if (matches.length === 0 && wanted !== "") return untracked(() => NoMatch(words));
  const shown = listing.providers.filter(
    (provider) => !provider.available || matches.some((match) => match.provider === provider),
  );
  return [
    matches.length === 0 && h("p", { class: "sheet-note" }, text.model.none),
    shown.map((provider) =>
      h(
        "section",
        { class: "option-group" },
        h("h3", { class: "option-group-name" }, provider.name),
        provider.available
          ? h("ul", { class: "option-list" }, matches.filter((match) => match.provider === provider).map(row))
          : h("p", { class: "sheet-note" }, providerProblem(provider)),
      ),
    ),
  ];
}

function windowOf({ model }: Choice): string {
  return model.contextWindow === null
    ? text.model.unknownWindow
    : text.model.window(formatWindow(model.contextWindow));
}

/** Why a provider cannot be used now, in words. */
export function providerProblem(provider: ProviderListing): string {
  const words = text.model.problems[provider.problem?.code ?? ""] ?? text.model.problem;
  return provider.problem?.detail === undefined ? words : `${words}: ${provider.problem.detail}`;
}
