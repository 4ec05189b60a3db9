/** The sheet that asks which provider to add: those that are known, and any other by its address. */
import type { ProviderPreset } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { type Signal, signal, untracked } from "../../lib/signal.ts";
import { providerSettings } from "../../state/providers.ts";
import { providers as words } from "../../text/en-models.ts";
import { OptionRow } from "../option-row.ts";
import { SheetSearch } from "../sheet-search.ts";
import { NewProvider } from "./provider-sheet.ts";

/** What was chosen; `preset` null: any address. */
interface Chosen {
  readonly preset: ProviderPreset | null;
}

/** Opens the sheet; what is chosen opens its form in the same place. */
export function openPresets(): void {
  openSheet({ title: words.addTitle, content: Content });
}

function Content(close: () => void): Child {
  const chosen = signal<Chosen | null>(null);
  const place = h("div", null, () => {
    const now = chosen.value;
    if (now !== null) retitle(place, now.preset?.name ?? words.custom);
    return untracked(() => (now === null ? Presets(chosen) : NewProvider(now.preset, close)));
  });
  return place;
}

/** The sheet around `inside` is now about this. */
function retitle(inside: HTMLElement, name: string): void {
  const sheet = inside.closest("dialog");
  sheet?.setAttribute("aria-label", name);
  sheet?.querySelector(".sheet-head h2")?.replaceChildren(name);
}

function Presets(chosen: Signal<Chosen | null>): Child {
  const wanted = signal("");
  return [SheetSearch(words.search, wanted), () => Rows(wanted, chosen)];
}

function Rows(wanted: Signal<string>, chosen: Signal<Chosen | null>): HTMLElement {
  const looked = wanted.value.trim().toLowerCase();
  const presets = (providerSettings.value?.presets ?? []).filter(({ name }) =>
    name.toLowerCase().includes(looked),
  );
  const choose = (preset: ProviderPreset | null) => {
    chosen.value = { preset };
  };
  const custom = OptionRow({
    name: words.custom,
    line: words.customLine,
    isCurrent: false,
    refusal: null,
    choose: () => choose(null),
  });
  return h(
    "ul",
    { class: "option-list" },
    presets.map((preset) =>
      OptionRow({
        name: preset.name,
        line: lineOf(preset),
        isCurrent: false,
        refusal: null,
        choose: () => choose(preset),
      }),
    ),
    custom,
  );
}

function lineOf({ baseUrl, isLocal, retiredOn }: ProviderPreset): string {
  if (retiredOn !== null) return words.retired(retiredOn);
  if (isLocal) return words.ownMachine;
  return baseUrl === null ? words.ownAddress : new URL(baseUrl).host;
}
