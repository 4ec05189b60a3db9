/** A session as one JSON file, piece by piece: however long the log is, little of it is held at a time. */
import type { Session } from "../../session.ts";
import { exportFormat, exportVersion } from "./exported-session.ts";

/** The file's text; an import reads it back. */
export async function* exportJson(session: Session, now: Date): AsyncGenerator<string> {
  const { id, title, project, engine, model, createdAt } = session.summary();
  const head = {
    format: exportFormat,
    version: exportVersion,
    exportedAt: now.toISOString(),
    session: { id, title, project: { name: project.name }, engine, model, createdAt },
  };
  yield `${JSON.stringify(head).slice(0, -1)},"events":[`;
  let separator = "\n";
  for await (const event of session.streamEvents({})) {
    yield separator + JSON.stringify(event);
    separator = ",\n";
  }
  yield "\n]}\n";
}
