/** Headers, or fields of the query, that go with every request to a provider: a name, a value, and whether it is a secret. */
import type { ShownField } from "../../api/types.ts";
import { h, list } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { type Signal, signal } from "../../lib/signal.ts";
import type { FieldDraft } from "../../state/providers.ts";
import { providers as words } from "../../text/en-models.ts";

type Where = "headers" | "query";

interface RequestFields {
  readonly element: HTMLElement;
  /** What is written now, empty ones included. */
  drafts(): readonly FieldDraft[];
}

interface FieldRow {
  readonly id: number;
  readonly name: Signal<string>;
  readonly value: Signal<string>;
  /** Null until somebody says so: it is hidden then, and the machine goes by its name. */
  readonly isSecret: Signal<boolean | null>;
  /** Its value is kept, and not shown. */
  readonly isKept: boolean;
}

const plain = { autocomplete: "off", autocapitalize: "off", spellcheck: false } as const;

/** The fields as rows; `names` are offered for new ones. */
export function requestFields(
  where: Where,
  known: readonly ShownField[],
  names: readonly string[],
): RequestFields {
  const rows = signal<readonly FieldRow[]>(known.map((field, id) => rowOf(id, field)));
  const listId = `provider-${where}-names`;
  const lines = h("ul", { class: "request-fields" });
  const remove = (id: number) => {
    rows.value = rows.peek().filter((row) => row.id !== id);
  };
  list(
    lines,
    () => rows.value,
    ({ id }) => String(id),
    (row) => Row(row.peek(), { where, listId, remove }),
  );
  const add = () => {
    const id = Math.max(-1, ...rows.peek().map((row) => row.id)) + 1;
    rows.value = [...rows.peek(), rowOf(id, { name: "", value: "", isSecret: null })];
    lines.querySelector<HTMLInputElement>("li:last-child input")?.focus();
  };
  return {
    element: h(
      "div",
      { class: "labelled-field", role: "group", "aria-label": words.fields[where] },
      h("span", { class: "field-hint" }, words.fields[where]),
      h(
        "datalist",
        { id: listId },
        names.map((name) => h("option", { value: name })),
      ),
      lines,
      h("button", { type: "button", class: "link-button", onclick: add }, words.addField[where]),
    ),
    drafts: () =>
      rows.peek().map(({ name, value, isSecret }) => ({
        name: name.peek(),
        value: value.peek(),
        isSecret: isSecret.peek(),
      })),
  };
}

function rowOf(
  id: number,
  { name, value, isSecret }: Omit<ShownField, "isSecret"> & { readonly isSecret: boolean | null },
): FieldRow {
  return {
    id,
    name: signal(name),
    value: signal(value ?? ""),
    isSecret: signal(isSecret),
    isKept: value === null,
  };
}

interface RowOptions {
  readonly where: Where;
  readonly listId: string;
  readonly remove: (id: number) => void;
}

function Row({ id, name, value, isSecret, isKept }: FieldRow, { where, listId, remove }: RowOptions) {
  const removeName = () => words.removeField(name.value);
  const nameField = h("input", {
    ...plain,
    class: "field",
    "aria-label": words.fieldNames[where],
    placeholder: words.fieldNames[where],
    value: name.peek(),
    oninput: () => {
      name.value = nameField.value;
    },
  });
  nameField.setAttribute("list", listId);
  // As the key: no password of this page.
  const valueField = h("input", {
    ...plain,
    class: "field",
    type: () => (isSecret.value === false ? "text" : "password"),
    autocomplete: "one-time-code",
    "aria-label": () => words.fieldValue(name.value),
    placeholder: isKept ? words.keyKept : words.fieldValuePlace,
    value: value.peek(),
    oninput: () => {
      value.value = valueField.value;
    },
  });
  const secret = h("input", {
    type: "checkbox",
    checked: isSecret.peek() !== false,
    onchange: () => {
      isSecret.value = secret.checked;
    },
  });
  return h(
    "li",
    { class: "request-field" },
    nameField,
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": removeName,
        title: removeName,
        onclick: () => remove(id),
      },
      icon("close"),
    ),
    valueField,
    // What was a secret stays one.
    isKept ? null : h("label", { class: "request-secret" }, secret, words.secret),
  );
}
