/** What a provider's form sends, and how prices are written. */
import { expect, test } from "vitest";
import { changeOf, faultOfDraft, formatRate, newProviderId } from "../../src/state/providers.ts";

const draft = {
  name: " Studio ",
  baseUrl: " https://h.example/v1 ",
  key: "",
  models: "",
  headers: [],
  query: [],
};
const known = {
  baseUrl: "https://h.example/v1",
  models: [],
  headers: [{ name: "X-Gateway-Key", value: null, isSecret: true }],
  query: [],
};

test("an empty key field leaves the key as it is; what is written is sent without the spaces around it", () => {
  expect(changeOf(draft, "groq", null)).toEqual({
    preset: "groq",
    name: "Studio",
    baseUrl: "https://h.example/v1",
    headers: [],
    query: [],
    models: [],
  });
  expect(changeOf({ ...draft, key: " k " }, null, null).key).toBe("k");
});

test("models are one a line, each once, and what is known of one stays", () => {
  const before = { ...known, models: [{ id: "a", contextWindow: 8_000 }, { id: "gone" }] };
  expect(changeOf({ ...draft, models: "a\n\n b \na" }, null, before).models).toEqual([
    { id: "a", contextWindow: 8_000 },
    { id: "b" },
  ]);
});

test.each([
  [{ name: " " }, "name"],
  [{ baseUrl: "h.example/v1" }, "address"],
  [{ baseUrl: "ftp://h" }, "address"],
  [{ baseUrl: "http://" }, "address"],
  [{}, null],
])("of the draft with %j the field %j is wrong", (change, fault) => {
  expect(faultOfDraft({ ...draft, ...change }, null)?.field ?? null).toBe(fault);
});

test("a header is sent with its value, or with none where the one that is kept stays; an empty row is none", () => {
  const headers = [
    { name: " X-Title ", value: " Mine ", isSecret: false },
    { name: "X-Gateway-Key", value: "", isSecret: true },
    { name: "X-Environment", value: "production", isSecret: null },
    { name: "", value: "", isSecret: null },
  ];
  const { headers: sent, query } = changeOf({ ...draft, headers, query: headers.slice(0, 1) }, null, known);
  expect(sent).toEqual([
    { name: "X-Title", value: "Mine", isSecret: false },
    { name: "X-Gateway-Key", isSecret: true },
    { name: "X-Environment", value: "production" },
  ]);
  expect(query).toEqual([{ name: "X-Title", value: "Mine", isSecret: false }]);
});

test.each([
  ["the same place", "https://h.example/v2", null],
  ["another place", "https://other.example/v1", { field: "value", name: "X-Gateway-Key" }],
])("a secret without a value is enough at %s only where it is kept", (_, baseUrl, fault) => {
  const headers = [{ name: "x-gateway-key", value: "", isSecret: true }];
  const named = fault === null ? null : { ...fault, name: "x-gateway-key" };
  expect(faultOfDraft({ ...draft, baseUrl, headers }, known)).toEqual(named);
});

test("an id is the preset's, or made of the name, and free", () => {
  expect(newProviderId({ id: "groq" }, "Mine", [])).toBe("groq");
  expect(newProviderId({ id: "groq" }, "Mine", ["groq", "groq-2"])).toBe("groq-3");
  expect(newProviderId(null, "  Studio – Büro 2 ", [])).toBe("studio-b-ro-2");
  expect(newProviderId(null, "东京", [])).toBe("own");
  expect(newProviderId(null, "Default", [])).toBe("default-2");
});

test.each([
  [15, "$15"],
  [2.5, "$2.5"],
  [0.25, "$0.25"],
  [0.0375, "$0.0375"],
  [0, "$0"],
  [100, "$100"],
  [0.1, "$0.1"],
])("%s dollars are %s", (dollars, text) => {
  expect(formatRate(dollars)).toBe(text);
});
