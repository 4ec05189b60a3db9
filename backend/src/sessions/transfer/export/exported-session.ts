/** The file that an exported session is: what stands at its head, and how it is read back at the rim. */
import * as z from "zod";
import { cutText, longestTitle } from "../../../../../transcript/cut-text.ts";
import { SessionEvent } from "../../../protocol/session-update.ts";
import { Breathing } from "../../breathing.ts";
import { knownKinds } from "../../log/log-line.ts";
import { SessionConflict } from "../../session-conflict.ts";
import { cutEvent, longIdOf } from "../import/event-bounds.ts";
import { excessOf } from "../import/value-bounds.ts";

export const exportFormat = "voxpilot-session";
export const exportVersion = 1;

/** What an import takes of such a file; its events are not looked at yet. */
export interface ExportedSession {
  readonly title: string | null;
  readonly items: readonly unknown[];
}

const Head = z.object({ format: z.literal(exportFormat), version: z.int() });
const Body = z.object({
  session: z.object({ title: z.string().nullish() }),
  // Not looked at one by one before their number is known.
  events: z.custom<readonly unknown[]>(Array.isArray),
});
const Kind = z.object({ update: z.object({ sessionUpdate: z.string() }) });

const maxEvents = 500_000;
const maxQuestions = 10_000;

/** Looks at what somebody sent as a whole. Throws `invalid_request` with what is wrong and what to do. */
export function openExported(value: unknown): ExportedSession {
  const { session, events: items } = bodyOf(value);
  if (items.length > maxEvents)
    throw invalid(`events: more than ${maxEvents}. Fork the session from an earlier turn, and export that.`);
  const { title = null } = session;
  return { title: title === null ? null : cutText(title, longestTitle), items };
}

/** Reads the events, each for itself. Throws `invalid_request` as above; those of kinds that are not known are left out. */
export async function readEvents(items: readonly unknown[]): Promise<readonly SessionEvent[]> {
  const events: SessionEvent[] = [];
  const breathing = new Breathing();
  let questions = 0;
  for (const [index, item] of items.entries()) {
    if (breathing.isDue) await breathing.breathe();
    const event = readEvent(item, index);
    if (event === null) continue;
    if (event.update.sessionUpdate === "request_permission") questions += 1;
    if (questions > maxQuestions)
      throw invalid(`events.${index}: more than ${maxQuestions} questions. It cannot be imported.`);
    events.push(event);
  }
  return events;
}

function bodyOf(value: unknown): z.infer<typeof Body> {
  const head = Head.safeParse(value);
  if (!head.success)
    throw invalid("This is no exported session: `session` is the whole JSON file of an export.");
  if (head.data.version > exportVersion)
    throw invalid("This was exported by a newer VoxPilot: update this one, then import it again.");
  const body = Body.safeParse(value);
  if (!body.success) throw invalid(`${issueOf(body.error)}. Export the session again as JSON.`);
  return body.data;
}

function readEvent(item: unknown, index: number): SessionEvent | null {
  const excess = excessOf(item);
  if (excess !== null) throw invalid(`events.${index}: ${excess}. It cannot be imported.`);
  const event = SessionEvent.safeParse(item);
  if (event.success) return withinBounds(event.data, index);
  const kind = Kind.safeParse(item);
  if (kind.success && !knownKinds.has(kind.data.update.sessionUpdate)) return null;
  throw invalid(`events.${index}: ${issueOf(event.error)}. Export the session again as JSON.`);
}

function withinBounds(event: SessionEvent, index: number): SessionEvent {
  const long = longIdOf(event);
  if (long !== null) throw invalid(`events.${index}: ${long}: too long for an id. It cannot be imported.`);
  return cutEvent(event);
}

/** Where something is wrong, and what. */
export function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? "not valid" : `${issue.path.map(String).join(".")}: ${issue.message}`;
}

function invalid(detail: string): SessionConflict {
  return new SessionConflict("invalid_request", detail);
}
