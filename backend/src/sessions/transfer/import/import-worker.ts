/** The thread that reads a large import; a bundle of its own. It answers with the lines of the new log, batch by batch. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { Redaction } from "../../../workspace/redaction/redaction.ts";
import { SessionConflict } from "../../session-conflict.ts";
import { openImportFile } from "./import-file.ts";
import type { ImportAnswer, ImportTask } from "./import-messages.ts";

async function* answers({ bytes, now, secrets }: ImportTask): AsyncGenerator<ImportAnswer> {
  try {
    const file = await openImportFile(bytes, { now, redaction: Redaction.of(secrets) });
    yield { type: "head", head: file.head };
    for await (const lines of file.lines()) yield { type: "lines", bytes: lines };
    yield { type: "end" };
  } catch (error) {
    if (!(error instanceof SessionConflict)) throw error;
    yield { type: "refused", code: error.code, message: error.message };
  }
}

function serve(port: MessagePort, task: ImportTask): void {
  const told = answers(task);
  const tell = async (): Promise<void> => {
    const { value } = await told.next();
    port.postMessage(value);
  };
  // What fails beyond a refusal ends the thread with its error, which the server hears.
  port.on("message", () => void tell());
  void tell();
}

if (parentPort !== null) serve(parentPort, workerData);
