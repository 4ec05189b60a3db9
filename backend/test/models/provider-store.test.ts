/** The file of providers as a person may have written it: what is wrong in it costs only itself. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ProviderStore } from "../../src/models/providers/provider-store.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const wrongKey = "sk-of-the-wrong-one";
const good = { id: "good", preset: null, name: "Good", baseUrl: "http://127.0.0.1:9/v1", apiKey: "sk-good" };
const wrong = { ...good, id: "wrong", apiKey: wrongKey, models: [{ id: "m", contextWindow: "128k" }] };
const last = { ...good, id: "last", apiKey: null };
const change = { preset: null, name: "New", baseUrl: "http://127.0.0.1:8/v1" };

async function stored(content: object) {
  const directory = await temporaryFolder();
  const path = join(directory, "providers.json");
  await durableFiles.writeAtomic(path, JSON.stringify(content));
  const keys: string[] = [];
  const warnings: string[] = [];
  const hear = (warning: Error) => void warnings.push(warning.message);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  const open = () => new ProviderStore({ directory, files: durableFiles, onKey: (key) => keys.push(key) });
  const file = async () => JSON.parse(await readFile(path, "utf8")) as object;
  return { open, file, keys, warnings, path };
}

const ids = async (store: ProviderStore) => (await store.content()).providers.map(({ id }) => id);

test("an entry that is wrong is set aside and named; the others are there, and its key stays hidden", async () => {
  const { open, keys, warnings, path } = await stored({
    defaultModel: "good/m",
    providers: [good, wrong, "nonsense", last],
  });
  const store = open();
  expect([await ids(store), (await store.content()).defaultModel]).toEqual([["good", "last"], "good/m"]);
  expect(keys).toEqual(["sk-good", wrongKey]);
  await expect.poll(() => warnings).toHaveLength(2);
  expect(warnings).toEqual([
    `${path}: the provider "wrong" is not used, for its entry is wrong: ✖ Invalid input: expected number, received string\n  → at models[0].contextWindow`,
    `${path}: the provider at place 3 is not used, for its entry is wrong: ✖ Invalid input: expected object, received string`,
  ]);
});

test("what was set aside stays in the file when something else changes, until its provider is set up anew", async () => {
  const { open, file } = await stored({ providers: [good, wrong] });
  await open().put("new", change);
  expect(await file()).toMatchObject({ providers: [{ id: "good" }, { id: "new" }], setAside: [wrong] });
  const store = open();
  expect(await ids(store)).toEqual(["good", "new"]);
  await store.put("wrong", change);
  expect(await file()).toMatchObject({
    providers: [{ id: "good" }, { id: "new" }, { id: "wrong" }],
    setAside: [],
  });
});
