/** A process of its own that deletes sessions, one after the other, and says so; somebody kills it meanwhile. */
import { startStore } from "../session-fixture.ts";

const [state = "", project = "", ...ids] = process.argv.slice(2);
const store = startStore({ state, project });
await store.load();
for (const id of ids) {
  process.stdout.write("now\n");
  await store.delete(id);
  process.stdout.write(`gone ${id}\n`);
}
await store.close();
