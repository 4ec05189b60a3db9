/** The form of a provider: name, address, key, models; saved at once and tried. A key that is kept is never shown. */
import type { ProviderEntry, ProviderPreset } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import {
  changeOf,
  faultOfDraft,
  newProviderId,
  type ProviderDraft,
  providerSettings,
  saveProvider,
} from "../../state/providers.ts";
import { text } from "../../text/en.ts";
import { providers as words } from "../../text/en-models.ts";
import { ConnectionTest, hasWorked, newTrial, runTrial } from "./connection-test.ts";
import { keyWords } from "./key-words.ts";
import { requestFields } from "./request-fields.ts";

interface FormOptions {
  /** Of one that is new; null: any address, or `before` says it. */
  readonly preset: ProviderPreset | null;
  /** Null: it is new. */
  readonly before: ProviderEntry | null;
}

/** The form; `done` is called when a person is through with it, once it works. */
export function ProviderForm({ preset, before }: FormOptions, done: () => void): Child {
  const trial = newTrial();
  const id = signal(before?.id ?? null);
  const isSaving = signal(false);
  const problem = signal<string | null>(null);
  const fields = Fields({ preset, before });
  const save = async () => {
    const draft = fields.draft();
    const fault = faultOfDraft(draft, before);
    problem.value = fault === null ? null : faultText(fault);
    if (fault !== null || isSaving.peek()) return;
    isSaving.value = true;
    // What was only found gives way to what is set up.
    const setUp = providerSettings.peek()?.providers.filter(({ source }) => source !== "found") ?? [];
    const taken = setUp.map((provider) => provider.id);
    const own = id.peek() ?? newProviderId(preset, draft.name, taken);
    const failure = await saveProvider(own, changeOf(draft, before?.preset ?? preset?.id ?? null, before));
    isSaving.value = false;
    problem.value = failure === null ? null : text.failure(failure, machineName());
    if (failure !== null) return;
    id.value = own;
    if (fields.key.value !== "") fields.key.placeholder = words.keyKept;
    fields.key.value = "";
    await runTrial(own, trial);
  };
  const useAddress = (address: string) => {
    fields.address.value = address;
    void save();
  };
  return h(
    "form",
    {
      class: "provider-form",
      onsubmit: (event) => {
        event.preventDefault();
        void save();
      },
    },
    fields.rows,
    h("p", { class: "field-problem", role: "alert" }, () => problem.value),
    ConnectionTest({
      id: () => id.value,
      trial,
      useAddress,
      buttons: [
        (): Child =>
          hasWorked(trial)
            ? h("button", { type: "button", class: "button button-primary", onclick: done }, words.done)
            : null,
        h(
          "button",
          { type: "submit", class: () => (hasWorked(trial) ? "button" : "button button-primary") },
          () => (isSaving.value ? words.saving : words.save),
        ),
      ],
    }),
  );
}

interface FormFields {
  readonly rows: Child;
  readonly address: HTMLInputElement;
  readonly key: HTMLInputElement;
  draft(): ProviderDraft;
}

function Fields({ preset, before }: FormOptions): FormFields {
  const plain = { autocomplete: "off", autocapitalize: "off", spellcheck: false } as const;
  const name = h("input", {
    ...plain,
    class: "field",
    id: "provider-name",
    maxlength: 60,
    value: before?.name ?? preset?.name ?? "",
  });
  const address = h("input", {
    ...plain,
    class: "field",
    id: "provider-address",
    inputmode: "url",
    placeholder: "https://",
    value: before?.baseUrl ?? preset?.baseUrl ?? "",
  });
  // `one-time-code` keeps password managers from filling in, and from keeping, what is no password of this page.
  const key = h("input", {
    ...plain,
    class: "field",
    id: "provider-key",
    type: "password",
    autocomplete: "one-time-code",
    placeholder: keyPlaceholder(preset, before),
  });
  const models = h("textarea", {
    ...plain,
    class: "field",
    id: "provider-models",
    rows: 2,
    value: before?.models.map((model) => model.id).join("\n") ?? "",
  });
  const headers = requestFields("headers", before?.headers ?? [], preset?.headerNames ?? []);
  const query = requestFields("query", before?.query ?? [], preset?.queryNames ?? []);
  return {
    address,
    key,
    rows: [
      Labelled(words.name, name, null),
      Labelled(words.address, address, words.addressHint),
      KeyRow(key, preset, before),
      Labelled(words.ownModels, models, words.ownModelsHint),
      h(
        "details",
        { class: "provider-more", open: headers.drafts().length + query.drafts().length > 0 },
        h("summary", null, words.more, icon("down")),
        h("div", { class: "provider-more-fields" }, headers.element, query.element),
      ),
    ],
    draft: () => ({
      name: name.value,
      baseUrl: address.value,
      key: key.value,
      models: models.value,
      headers: headers.drafts(),
      query: query.drafts(),
    }),
  };
}

function faultText(fault: NonNullable<ReturnType<typeof faultOfDraft>>): string {
  switch (fault.field) {
    case "name":
      return words.needsName;
    case "address":
      return words.needsAddress;
    case "value":
      return words.needsValue(fault.name);
  }
}

/** Where the key comes from elsewhere, there is nothing to write. */
function KeyRow(key: HTMLInputElement, preset: ProviderPreset | null, before: ProviderEntry | null): Child {
  const isElsewhere = before?.key === "environment" || before?.key === "github";
  if (isElsewhere) return Elsewhere(keyWords(before));
  if (preset?.auth === "github") return Elsewhere(words.keyPlaces.github);
  return Labelled(words.key, key, before?.key === "stored" ? words.keyAgain : null);
}

function Elsewhere(place: string): HTMLElement {
  return h(
    "div",
    { class: "labelled-field" },
    h("span", { class: "field-hint" }, words.key),
    h("p", null, place),
  );
}

function keyPlaceholder(preset: ProviderPreset | null, before: ProviderEntry | null): string {
  if (before?.key === "stored") return words.keyKept;
  return preset?.auth === "none" || before?.key === "none" ? words.keyOptional : words.keyNeeded;
}

function Labelled(label: string, field: HTMLElement, hint: string | null): Child {
  return h(
    "div",
    { class: "labelled-field" },
    h("label", { for: field.id }, label),
    field,
    hint === null ? null : h("p", { class: "field-hint" }, hint),
  );
}
