/**
 * The file that takes a browser on to the one-time link. A program's arguments can be read by every user of the machine,
 * a file of the state folder only by its owner.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DurableFiles } from "../workspace/durable-files.ts";

const lookEveryMs = 1_000;

export interface PairingPageOptions {
  /** The state folder. */
  readonly directory: string;
  readonly files: DurableFiles;
  readonly link: string;
  /** Whether the link still pairs; afterwards the file goes by itself. */
  readonly isOpen: () => boolean;
}

export interface PairingPage {
  /** To be opened in a browser: a `file:` URL without a secret. */
  readonly address: string;
  /** Removes the file. */
  close(): Promise<void>;
}

/** Writes the file, for this user alone. */
export async function openPairingPage({
  directory,
  files,
  link,
  isOpen,
}: PairingPageOptions): Promise<PairingPage> {
  const path = join(directory, "open.html");
  await files.writeAtomic(path, pageTo(link));
  const close = () => {
    clearInterval(timer);
    return files.remove(path);
  };
  // A file that stays behind holds a code that is spent.
  const timer = setInterval(() => void (isOpen() || close().catch(() => undefined)), lookEveryMs).unref();
  return { address: pathToFileURL(path).href, close };
}

function pageTo(link: string): string {
  const address = link.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return [
    '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>VoxPilot</title>',
    `<meta http-equiv="refresh" content="0; url=${address}"><p><a href="${address}">VoxPilot</a></p>`,
    "",
  ].join("\n");
}
