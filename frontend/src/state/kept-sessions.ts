/**
 * What the machine said last, readable without it: this device, the list, and the sessions seen last. It lies in this
 * browser's database as long as the device is paired, at most so many sessions and bytes, the newest.
 */
import { isPage, isSummary } from "../api/stream-messages.ts";
import type { SessionEvent, SessionSummary } from "../api/types.ts";
import { readStored } from "../lib/browser/storage.ts";
import { pageDatabase } from "./page-database.ts";

interface KeptSession {
  readonly summary: SessionSummary;
  /** Without gaps, up to the last one that was seen. */
  readonly events: readonly SessionEvent[];
  /** More lies before the first of them. */
  readonly hasMore: boolean;
}

/** What is known of a kept session without reading it; its text lies in a store of its own. */
interface Stored {
  readonly id: string;
  readonly seenAt: number;
  readonly characters: number;
}

const stores = ["sessions", "transcripts", "facts"] as const;

const limits = { sessions: 20, characters: 20_000_000, ofOne: 4_000_000 } as const;

/** After a sign-out nothing more is kept, also not what is on its way. */
let isKeeping = false;
/** Counts how often it was decided whether to keep: the last time holds, also over an emptying that ends after it. */
let decisions = 0;

/** Another tab may have been told of a sign-out that this one has not heard of. */
const mayKeep = () => isKeeping && readStored("signedOut") === null;

/** This device may come in: what the machine says is kept from now on. */
export function startKeeping(): void {
  decisions += 1;
  isKeeping = true;
}

/** Forgets everything that the machine said; what a person wrote is elsewhere. Resolves once it is gone. */
export async function wipeKept(after: "keep on" | "stop" = "stop"): Promise<void> {
  isKeeping = false;
  decisions += 1;
  const own = decisions;
  const database = await pageDatabase();
  // What cannot be emptied cannot be read either.
  await Promise.all(stores.map((store) => database?.empty(store).catch(() => undefined)));
  // A sign-out that came meanwhile is not undone, and neither is a welcome.
  if (own === decisions) isKeeping = after === "keep on";
}

/** Keeps a fact about the machine under a name; best effort. */
export async function keepFact(name: string, value: unknown): Promise<void> {
  const database = await pageDatabase();
  if (mayKeep()) await database?.write("facts", name, JSON.stringify(value)).catch(() => undefined);
}

/** The fact that was kept, or null. */
export async function readFact(name: string): Promise<unknown> {
  const database = await pageDatabase();
  return parsed(await database?.read("facts", name).catch(() => null));
}

/** Keeps a session as the newest, and as much of its end as there is room for; best effort. */
export async function keepSession(
  session: Pick<KeptSession, "summary" | "hasMore"> & { readonly events: readonly unknown[] },
): Promise<void> {
  const database = await pageDatabase();
  if (database === null || !mayKeep()) return;
  const { id } = session.summary;
  const text = textOf(session);
  const stored: Stored = { id, seenAt: Date.now(), characters: text.length };
  try {
    await database.write("transcripts", id, text);
    // A sign-out may have emptied both meanwhile.
    if (!mayKeep()) return;
    await database.write("sessions", id, stored);
    const all = (await database.readAll("sessions")).filter(isStored);
    for (const old of tooMany(all)) await forgetKeptSession(old.id);
  } catch {
    // No room, even for less: what is there already stays readable.
  }
}

/** The session as it was seen last, or null. */
export async function readKeptSession(id: string): Promise<KeptSession | null> {
  const database = await pageDatabase();
  const session = parsed(await database?.read("transcripts", id).catch(() => null));
  return isKept(session) ? session : null;
}

/** Forgets one session: the machine no longer has it. */
export async function forgetKeptSession(id: string): Promise<void> {
  const database = await pageDatabase();
  await database?.remove("transcripts", id).catch(() => undefined);
  await database?.remove("sessions", id).catch(() => undefined);
}

/** How many sessions are readable here without the machine. */
export async function countKept(): Promise<number> {
  const database = await pageDatabase();
  return (await database?.readAll("sessions").catch(() => []))?.length ?? 0;
}

/** What is beyond the limits, seen longest ago. */
function tooMany(all: readonly Stored[]): readonly Stored[] {
  let characters = 0;
  return all
    .toSorted((one, other) => other.seenAt - one.seenAt)
    .filter((each, index) => {
      characters += each.characters;
      return index >= limits.sessions || characters > limits.characters;
    });
}

/** The newest events that fit; a long session is cut at its beginning. */
function textOf({ summary, events, hasMore }: Parameters<typeof keepSession>[0]): string {
  const texts: string[] = [];
  let characters = 0;
  for (const event of events.toReversed()) {
    const text = JSON.stringify(event);
    characters += text.length;
    if (characters > limits.ofOne) break;
    texts.push(text);
  }
  const isCut = hasMore || texts.length < events.length;
  return `{"summary":${JSON.stringify(summary)},"hasMore":${isCut},"events":[${texts.reverse().join(",")}]}`;
}

function parsed(text: unknown): unknown {
  if (typeof text !== "string") return null;
  try {
    return JSON.parse(text);
  } catch {
    // Damaged: as if it were not there.
    return null;
  }
}

function isStored(value: unknown): value is Stored {
  return (
    typeof value === "object" && value !== null && "id" in value && "seenAt" in value && "characters" in value
  );
}

function isKept(value: unknown): value is KeptSession {
  return isPage(value) && "summary" in value && isSummary(value.summary);
}
