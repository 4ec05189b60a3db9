/** What is publicly known of models: a dated file, read when somebody first asks. */
import * as z from "zod";
import { ModelPrice } from "../../protocol/catalogue.ts";

const KnownModel = z.object({
  name: z.string(),
  window: z.int().positive(),
  output: z.int().positive(),
  images: z.boolean().default(false),
  thinks: z.boolean().default(false),
  /** It was trained to change files by patches. */
  patch: z.boolean().default(false),
  efforts: z.array(z.enum(["minimal", "low", "medium", "high"])).default([]),
  price: ModelPrice.nullable().default(null),
});
/** One row of the file. */
export type KnownModel = z.infer<typeof KnownModel>;

const DataFile = z.object({
  date: z.string(),
  source: z.string(),
  license: z.string(),
  providers: z.record(z.string(), z.record(z.string(), z.unknown())),
});
type DataFile = z.infer<typeof DataFile>;

let loading: Promise<DataFile> | null = null;

/** What the file says of a preset's model; null: nothing. The model may be named with its date or its folder. */
export async function knownModel(preset: string, model: string): Promise<KnownModel | null> {
  const { providers } = await loadData();
  const rows = providers[preset] ?? {};
  const row = spellings(model).find((id) => Object.hasOwn(rows, id));
  return row === undefined ? null : KnownModel.parse(rows[row]);
}

/** Of which day the facts are, whose they are, and on what terms. */
export async function dataOrigin(): Promise<Pick<DataFile, "date" | "source" | "license">> {
  const { date, source, license } = await loadData();
  return { date, source, license };
}

function loadData(): Promise<DataFile> {
  loading ??= import("./model-data.json", { with: { type: "json" } }).then((file) =>
    DataFile.parse(file.default),
  );
  return loading;
}

/** `models/name` is how Gemini lists what it takes as `name`; a snapshot `name-2026-01-31` is what `name` is. */
function spellings(model: string): string[] {
  const plain = model.replace(/^models\//, "");
  return [model, plain, plain.replace(/-\d{4}-?\d{2}-?\d{2}$/, "")];
}
