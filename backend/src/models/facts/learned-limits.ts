/** What endpoints taught by refusing: limits and lessons per model at its address, for a day, in `<state>/learned-limits.json`. */

import { join } from "node:path";
import * as z from "zod";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { OneByOne } from "../../workspace/one-by-one.ts";
import { readState, writeState } from "../../workspace/state-file.ts";
import { DialectLesson, type LearnedFact } from "../dialect.ts";

const Learned = z.object({
  contextWindow: z.int().positive().optional(),
  inputLimit: z.int().positive().optional(),
  countsOutput: z.literal(true).optional(),
  lessons: z.array(DialectLesson).default([]),
  /** The window that its server named at that time: when it names another, the limits are over. */
  besideWindow: z.int().positive().nullable().default(null),
  /** When the first of it was learnt. */
  learnedAt: z.iso.datetime().default(new Date(0).toISOString()),
});
/** What is believed of one model. */
export type Learned = z.infer<typeof Learned>;
const LearnedFile = z.record(z.string(), Learned);

/** The oldest are forgotten: each can be learnt again. */
const mostModels = 500;
/** Below this no agent works: whoever names it is mistaken, or means something else. */
const fewestTokens = 2_048;
const smallestShare = 1 / 4;
/** What was learnt wrongly, or holds no longer, is learnt again. */
const believedMs = 24 * 60 * 60_000;

export interface LearnedLimitsOptions {
  /** The state folder. */
  readonly directory: string;
  readonly files: DurableFiles;
  /** Told when the file cannot be read or written: what was learnt then holds until the server stops. */
  readonly report: (error: unknown) => void;
  readonly now?: () => Date;
}

/** What a lesson is of: the same name at another address is another model. */
export interface TaughtModel {
  readonly provider: { readonly id: string; readonly baseUrl: string };
  readonly model: string;
}

/** Read when somebody first asks. */
export class LearnedLimits {
  readonly #options: LearnedLimitsOptions | null;
  #models: Promise<Map<string, Learned>> | null = null;
  readonly #writing = new OneByOne();

  /** Null: nothing is kept on disk. */
  constructor(options: LearnedLimitsOptions | null) {
    this.#options = options;
  }

  /** What is believed of a model whose server now names this window; null: nothing. */
  async of(taught: TaughtModel, namedWindow: number | null): Promise<Learned | null> {
    return this.#believed((await this.#open()).get(keyOf(taught)), namedWindow);
  }

  /** Believes nothing any more of this provider's models: somebody set it up anew, or took it away. Never rejects. */
  async forget(provider: string): Promise<void> {
    const models = await this.#open();
    const gone = [...models.keys()].filter((key) => key.split(" ")[1]?.startsWith(`${provider}/`));
    if (gone.length === 0) return;
    for (const key of gone) models.delete(key);
    await this.#save();
  }

  /** Believes a fact from now on. Resolves once it is on disk, or was reported as not; never rejects. */
  async learn(taught: TaughtModel, fact: LearnedFact, namedWindow: number | null): Promise<void> {
    const models = await this.#open();
    const id = keyOf(taught);
    // Nothing is waited for between reading and writing: two facts may come at once.
    const before = this.#believed(models.get(id), namedWindow) ?? {
      lessons: [],
      besideWindow: null,
      learnedAt: this.#now().toISOString(),
    };
    // Behind all others: the first in the map is the one that was learnt longest ago.
    models.delete(id);
    models.set(id, merged(before, fact, namedWindow));
    for (const oldest of [...models.keys()].slice(0, -mostModels)) models.delete(oldest);
    await this.#save();
  }

  #now(): Date {
    return this.#options?.now?.() ?? new Date();
  }

  #believed(learned: Learned | undefined, namedWindow: number | null): Learned | null {
    if (learned === undefined) return null;
    const ageMs = this.#now().getTime() - Date.parse(learned.learnedAt);
    const isOther = namedWindow !== null && (learned.besideWindow ?? namedWindow) !== namedWindow;
    return isOther || ageMs < 0 || ageMs > believedMs ? null : learned;
  }

  #save(): Promise<void> {
    return this.#writing.run(() => this.#write());
  }

  #open(): Promise<Map<string, Learned>> {
    this.#models ??= this.#read();
    return this.#models;
  }

  async #read(): Promise<Map<string, Learned>> {
    if (this.#options === null) return new Map();
    const { directory, files, report } = this.#options;
    try {
      const content = await readState(files, join(directory, fileName), LearnedFile);
      return new Map(Object.entries(content ?? {}));
    } catch (error) {
      report(error);
      return new Map();
    }
  }

  async #write(): Promise<void> {
    if (this.#options === null) return;
    const { directory, files, report } = this.#options;
    try {
      await writeState(files, join(directory, fileName), Object.fromEntries(await this.#open()));
    } catch (error) {
      report(error);
    }
  }
}

const fileName = "learned-limits.json";

function keyOf({ provider, model }: TaughtModel): string {
  const origin = URL.parse(provider.baseUrl)?.origin ?? "";
  return `${origin} ${provider.id}/${model}`;
}

function merged(before: Learned, fact: LearnedFact, namedWindow: number | null): Learned {
  const { lesson, contextWindow, inputLimit, countsOutput } = fact;
  const isNew = lesson !== undefined && !before.lessons.includes(lesson);
  return {
    ...before,
    besideWindow: namedWindow,
    lessons: isNew ? [...before.lessons, lesson] : before.lessons,
    ...(isLimit(contextWindow, namedWindow) ? { contextWindow } : {}),
    // By the minute it may be any share of the window.
    ...(isLimit(inputLimit, null) ? { inputLimit } : {}),
    ...(countsOutput === undefined ? {} : { countsOutput }),
  };
}

/** A number in an error's words may be any number: one in which no request fits, or far from the named window, is not a limit. */
function isLimit(tokens: number | undefined, namedWindow: number | null): tokens is number {
  if (tokens === undefined || !Number.isSafeInteger(tokens)) return false;
  return tokens >= Math.max(fewestTokens, (namedWindow ?? 0) * smallestShare);
}
