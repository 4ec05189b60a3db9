/** The server's side of the thread that reads a large import: bounded in memory and in time, and ended with the server. */
import { Worker, type WorkerOptions } from "node:worker_threads";
import { SessionConflict } from "../../session-conflict.ts";
import type { ImportFile, ImportHead } from "./import-file.ts";
import type { ImportAnswer, ImportTask } from "./import-messages.ts";

const mostMegabytes = 384;
const mostMs = 60_000;

/** Reads the head in a thread, which stays until it is closed and takes the task's bytes over. Throws as `openImportFile`, and `too_large`, `busy`. */
export async function openImportInThread(task: ImportTask, signal: AbortSignal): Promise<ImportFile> {
  const thread = new ImportThread(task, signal);
  try {
    const head = await thread.head();
    return { head, lines: () => thread.lines(), close: () => thread.close() };
  } catch (error) {
    await thread.close();
    throw error;
  }
}

/** Who waits for the next answer. */
interface Waiting {
  resolve(answer: ImportAnswer): void;
  reject(error: Error): void;
}

class ImportThread {
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () =>
    this.#fail(new SessionConflict("busy", "VoxPilot stops. Try again when it runs."));
  #waiting: Waiting | null = null;
  #failure: Error | null = null;

  constructor(task: ImportTask, signal: AbortSignal) {
    const { buffer } = task.bytes;
    this.#worker = startWorker({
      workerData: task,
      transferList: buffer instanceof ArrayBuffer ? [buffer] : [],
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    this.#worker.on("message", (answer: ImportAnswer) => this.#waiting?.resolve(answer));
    this.#worker.on("error", (error) => this.#fail(isOutOfMemory(error) ? tooMuch("memory") : error));
    this.#worker.on("exit", () => this.#fail(new Error("The thread of an import ended early.")));
    this.#timer = setTimeout(() => this.#fail(tooMuch("time")), mostMs);
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  async head(): Promise<ImportHead> {
    const answer = await this.#answer();
    if (answer.type !== "head") throw new Error("An import begins with its head.");
    return answer.head;
  }

  async *lines(): AsyncGenerator<Uint8Array> {
    for (;;) {
      this.#worker.postMessage("next");
      const answer = await this.#answer();
      if (answer.type !== "lines") return;
      yield answer.bytes;
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#onAbort);
    await this.#worker.terminate();
  }

  async #answer(): Promise<ImportAnswer> {
    const answer = await new Promise<ImportAnswer>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#failure !== null) reject(this.#failure);
    });
    this.#waiting = null;
    if (answer.type === "refused") throw new SessionConflict(answer.code, answer.message);
    return answer;
  }

  /** The first failure says why; whoever waits, or asks next, hears it. */
  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    void this.#worker.terminate();
  }
}

/** In the bundle its code lies beside it; where the sources run, as in `npm run dev`, it is read from them. */
function startWorker(options: WorkerOptions): Worker {
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./import-worker.js", import.meta.url), options);
  const entry = JSON.stringify(new URL("./import-worker.ts", import.meta.url).href);
  const code = `import("tsx/esm/api").then(({ register }) => { register(); return import(${entry}); });`;
  return new Worker(code, { ...options, eval: true });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function tooMuch(what: "memory" | "time"): SessionConflict {
  return new SessionConflict(
    "too_large",
    `This file takes more ${what} than an import may. Fork the session from an earlier turn where it comes from, and export that one.`,
  );
}
