/** The built product, set up with a project of its own and a model that the benchmark plays. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Product, startProduct } from "../../e2e/support/product.ts";

export interface BenchProduct {
  readonly product: Product;
  /** When its process was started, of `performance.now()`. */
  readonly startedMs: number;
  /** Absolute path; holds `file-1.ts` to `file-20.ts` of 60 lines each. */
  readonly project: string;
  /** Stops the product and starts it again on what it left on disk; the one before is of no use any more. */
  restart(): Promise<BenchProduct>;
  close(): Promise<void>;
}

export const fileCount = 20;

/**
 * `modelBaseUrl`: an OpenAI-compatible endpoint with a model named "scripted". `fillState` may write into the state
 * folder before the product starts.
 */
export async function startBenchProduct(
  modelBaseUrl: string,
  fillState: (state: string, project: string) => Promise<void> = async () => undefined,
): Promise<BenchProduct> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-bench-")));
  const project = join(folder, "project");
  const state = join(folder, "state");
  await mkdir(project);
  const line = "export const value = 'about fifty characters of code';\n";
  for (let number = 1; number <= fileCount; number += 1) {
    await writeFile(join(project, `file-${number}.ts`), `// ${number}\n${line.repeat(59)}`);
  }
  await fillState(state, project);
  return startOn({ folder, project, state, modelBaseUrl });
}

interface Place {
  readonly folder: string;
  readonly project: string;
  readonly state: string;
  readonly modelBaseUrl: string;
}

async function startOn(place: Place): Promise<BenchProduct> {
  const { folder, project, state, modelBaseUrl } = place;
  const startedMs = performance.now();
  const product = await startProduct({
    words: [project],
    environment: {
      VOXPILOT_STATE_DIR: state,
      VOXPILOT_MODELS_BASE_URL: modelBaseUrl,
      VOXPILOT_MODELS_API_KEY: "bench",
      VOXPILOT_MODEL: "scripted",
    },
  });
  return {
    product,
    startedMs,
    project,
    restart: async () => {
      await product.stop();
      return startOn(place);
    },
    close: async () => {
      await product.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
