/** The providers that people set up on the page, with their keys, in `<state>/providers.json`: 0600, and read by nobody else. */
import { join } from "node:path";
import * as z from "zod";
import { OwnModel, ProviderId, type PutProvider } from "../../protocol/provider.ts";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { readState, writeState } from "../../workspace/state-file.ts";
import { DialectOverrides } from "../dialect.ts";
import { endpointAddress } from "../provider.ts";

const StoredProvider = z.object({
  id: ProviderId,
  preset: z.string().nullable(),
  name: z.string(),
  baseUrl: z.string(),
  apiKey: z.string().nullable(),
  models: z.array(OwnModel).default([]),
  /** Written by hand: how this endpoint differs from what its address tells. */
  dialect: DialectOverrides.optional(),
});
export type StoredProvider = z.infer<typeof StoredProvider>;

const StoreFile = z.object({
  defaultModel: z.string().nullable().default(null),
  providers: z.array(StoredProvider).default([]),
});
/** All that is kept. */
export type StoredProviders = z.infer<typeof StoreFile>;

export interface ProviderStoreOptions {
  /** The state folder. */
  readonly directory: string;
  readonly files: DurableFiles;
  /** Hears of each key as soon as it is known here, so that it can be kept out of what is shown and logged. */
  readonly onKey: (key: string) => void;
}

const fileName = "providers.json";
const nothing: StoredProviders = { defaultModel: null, providers: [] };

/** Read once, when somebody first asks; changes go one after the other and hold once they are on disk. */
export class ProviderStore {
  readonly #options: ProviderStoreOptions;
  #content: Promise<StoredProviders> | null = null;
  #last: Promise<unknown> = Promise.resolve();

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

  /** Adds a provider, or replaces the one of that id. */
  async put(id: string, change: PutProvider): Promise<void> {
    if (change.key != null) this.#options.onKey(change.key);
    await this.#change((content) => {
      const before = content.providers.find((provider) => provider.id === id);
      const after = changed(id, change, before);
      const isNew = before === undefined;
      const replaced = content.providers.map((provider) => (provider === before ? after : provider));
      return { ...content, providers: isNew ? [...content.providers, after] : replaced };
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
    const done = this.#last.then(async () => {
      const after = change(await this.content());
      await writeState(this.#options.files, this.#path, after);
      this.#content = Promise.resolve(after);
    });
    // Whoever asked for it hears of the failure; the next one goes on.
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #read(): Promise<StoredProviders> {
    const content = (await readState(this.#options.files, this.#path, StoreFile)) ?? nothing;
    for (const { apiKey } of content.providers) if (apiKey !== null) this.#options.onKey(apiKey);
    return content;
  }

  get #path(): string {
    return join(this.#options.directory, fileName);
  }
}

/** A key stays with the address that it was given for. */
function changed(id: string, change: PutProvider, before: StoredProvider | undefined): StoredProvider {
  const baseUrl = endpointAddress(change.baseUrl);
  const isSamePlace = before !== undefined && originOf(before.baseUrl) === originOf(baseUrl);
  const kept = isSamePlace ? before.apiKey : null;
  return {
    id,
    preset: change.preset,
    name: change.name,
    baseUrl,
    apiKey: change.key === undefined ? kept : change.key,
    models: change.models ?? before?.models ?? [],
    ...(before?.dialect === undefined ? {} : { dialect: before.dialect }),
  };
}

function originOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null;
}
