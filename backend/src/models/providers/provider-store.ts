/** The providers that people set up on the page, with their keys, in `<state>/providers.json`: 0600, and read by nobody else. */

import { join } from "node:path";
import * as z from "zod";
import { OwnModel, ProviderId, type PutProvider } from "../../protocol/provider.ts";
import { FieldValue, HeaderName, type PutField, QueryName } from "../../protocol/request-field.ts";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { OneByOne } from "../../workspace/one-by-one.ts";
import { readState, writeState } from "../../workspace/state-file.ts";
import { DialectOverrides } from "../dialect.ts";
import { endpointAddress, queryOf } from "../provider.ts";
import {
  changedFields,
  nameWithoutValue,
  pastedQuery,
  type RequestField,
  rememberedTexts,
  requestField,
} from "./request-fields.ts";

/** Written by hand, too: then its name tells whether it is a secret. */
const storedField = (name: z.ZodType<string>) =>
  z
    .object({
      name,
      value: FieldValue,
      isSecret: z.boolean().optional(),
      isGuess: z.boolean().optional(),
    })
    .transform(
      (field): RequestField =>
        requestField(field.name, field.value, field.isGuess === true ? undefined : field.isSecret),
    );

const StoredProvider = z.object({
  id: ProviderId,
  preset: z.string().nullable(),
  name: z.string(),
  baseUrl: z.string(),
  apiKey: z.string().nullable(),
  headers: z.array(storedField(HeaderName)).default([]),
  query: z.array(storedField(QueryName)).default([]),
  models: z.array(OwnModel).default([]),
  /** Written by hand: how this endpoint differs from what its address tells. */
  dialect: DialectOverrides.optional(),
});
export type StoredProvider = z.infer<typeof StoredProvider>;

const StoreFile = z.object({
  defaultModel: z.string().nullable().default(null),
  providers: z.array(z.unknown()).default([]),
  /** Entries that were found wrong, as they were: not used, and kept for whoever wrote them. */
  setAside: z.array(z.unknown()).default([]),
});
/** All that is kept. */
export type StoredProviders = Omit<z.infer<typeof StoreFile>, "providers"> & {
  readonly providers: readonly StoredProvider[];
};

export interface ProviderStoreOptions {
  /** The state folder. */
  readonly directory: string;
  readonly files: DurableFiles;
  /** Hears of each key as soon as it is known here, so that it can be kept out of what is shown and logged. */
  readonly onKey: (key: string) => void;
}

const fileName = "providers.json";
const nothing: StoredProviders = { defaultModel: null, providers: [], setAside: [] };

/** Read once, when somebody first asks; changes go one after the other and hold once they are on disk. */
export class ProviderStore {
  readonly #options: ProviderStoreOptions;
  #content: Promise<StoredProviders> | null = null;
  readonly #changes = new OneByOne();

  constructor(options: ProviderStoreOptions) {
    this.#options = options;
  }

  /** What is kept now. Rejects when the file cannot be read. */
  content(): Promise<StoredProviders> {
    this.#content ??= this.#read();
    // What could not be read is read again the next time.
    this.#content.catch(() => {
      this.#content = null;
    });
    return this.#content;
  }

  /** The first header or field of the query that would be sent without a value; null: none. Rejects when the file cannot be read. */
  async fieldWithoutValue(id: string, change: PutProvider): Promise<string | null> {
    const kept = keptOf(change, await this.#stored(id));
    return (
      nameWithoutValue(change.headers ?? [], kept.headers) ?? nameWithoutValue(change.query ?? [], kept.query)
    );
  }

  /** Adds a provider, or replaces the one of that id. */
  async put(id: string, change: PutProvider): Promise<void> {
    this.#tellKeys(changed(id, change, await this.#stored(id)));
    await this.#change((content) => {
      const before = content.providers.find((provider) => provider.id === id);
      const after = changed(id, change, before);
      const isNew = before === undefined;
      const replaced = content.providers.map((provider) => (provider === before ? after : provider));
      const setAside = content.setAside.filter((entry) => namedIn(entry).id !== id);
      return { ...content, setAside, providers: isNew ? [...content.providers, after] : replaced };
    });
  }

  /** False: there was none. */
  async remove(id: string): Promise<boolean> {
    const { providers } = await this.content();
    if (!providers.some((provider) => provider.id === id)) return false;
    await this.#change((content) => ({
      ...content,
      providers: content.providers.filter((provider) => provider.id !== id),
    }));
    return true;
  }

  /** What new sessions get, as `provider/model`; null: nobody's choice. */
  async setDefaultModel(defaultModel: string | null): Promise<void> {
    await this.#change((content) => ({ ...content, defaultModel }));
  }

  #change(change: (content: StoredProviders) => StoredProviders): Promise<void> {
    return this.#changes.run(async () => {
      const after = change(await this.content());
      await writeState(this.#options.files, this.#path, after);
      this.#content = Promise.resolve(after);
    });
  }

  async #read(): Promise<StoredProviders> {
    const file = await readState(this.#options.files, this.#path, StoreFile);
    if (file === null) return nothing;
    const { providers, wrong } = sorted(file.providers, this.#path);
    const setAside = [...file.setAside, ...wrong];
    for (const provider of providers) this.#tellKeys(provider);
    for (const { apiKey } of setAside.map(namedIn)) if (apiKey !== undefined) this.#options.onKey(apiKey);
    return { ...file, providers, setAside };
  }

  #tellKeys({ apiKey, headers, query }: StoredProvider): void {
    for (const key of [...(apiKey === null ? [] : [apiKey]), ...rememberedTexts([...headers, ...query])])
      this.#options.onKey(key);
  }

  async #stored(id: string): Promise<StoredProvider | undefined> {
    return (await this.content()).providers.find((provider) => provider.id === id);
  }

  get #path(): string {
    return join(this.#options.directory, fileName);
  }
}

/** One wrong entry costs only itself: somebody wrote it by hand, and the others have keys that are nowhere else. */
function sorted(entries: readonly unknown[], path: string) {
  const providers: StoredProvider[] = [];
  const wrong: unknown[] = [];
  for (const [index, entry] of entries.entries()) {
    const parsed = StoredProvider.safeParse(entry);
    if (parsed.success) {
      providers.push(parsed.data);
      continue;
    }
    wrong.push(entry);
    const { id } = namedIn(entry);
    const name = id === undefined ? `at place ${index + 1}` : JSON.stringify(id);
    const problem = z.prettifyError(parsed.error);
    process.emitWarning(`${path}: the provider ${name} is not used, for its entry is wrong: ${problem}`);
  }
  return { providers, wrong };
}

const WrongEntry = z
  .object({ id: z.string().optional().catch(undefined), apiKey: z.string().optional().catch(undefined) })
  .catch({});

/** What can still be read of an entry that is wrong. */
function namedIn(entry: unknown): z.infer<typeof WrongEntry> {
  return WrongEntry.parse(entry);
}

type Kept = Pick<StoredProvider, "apiKey" | "headers" | "query">;

/** Keys stay with the address that they were given for. */
function keptOf(change: PutProvider, before: StoredProvider | undefined): Kept {
  const isSamePlace = before !== undefined && originOf(before.baseUrl) === originOf(change.baseUrl);
  return isSamePlace ? before : { apiKey: null, headers: [], query: [] };
}

function changed(id: string, change: PutProvider, before: StoredProvider | undefined): StoredProvider {
  const kept = keptOf(change, before);
  return {
    id,
    preset: change.preset,
    name: change.name,
    // As it stands it was made plain before: once more might take a part of its path for that of a call.
    baseUrl: change.baseUrl === before?.baseUrl ? before.baseUrl : endpointAddress(change.baseUrl),
    apiKey: change.key === undefined ? kept.apiKey : change.key,
    headers: change.headers === undefined ? kept.headers : changedFields(change.headers, kept.headers),
    query: changedQuery(change, kept.query),
    models: change.models ?? before?.models ?? [],
    ...(before?.dialect === undefined ? {} : { dialect: before.dialect }),
  };
}

/** What was pasted behind the address is the newest word, beside what is wanted by name. */
function changedQuery({ baseUrl, query }: PutProvider, kept: readonly RequestField[]): RequestField[] {
  const pasted = pastedQuery(queryOf(baseUrl));
  if (query === undefined) return pasted.length > 0 ? pasted : [...kept];
  const isPasted = ({ name }: PutField) => pasted.some((field) => field.name === name);
  return [...changedFields(query, kept).filter((field) => !isPasted(field)), ...pasted];
}

function originOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null;
}
