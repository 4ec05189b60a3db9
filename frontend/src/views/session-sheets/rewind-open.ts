/** The rewind sheet comes when it is first wanted. */
import { machineName } from "../../state/access/device.ts";
import { rewind as words } from "../../text/en-rewind.ts";
import { showBar } from "../frame/bars.ts";
import type { RewindSheetOptions } from "./rewind-sheet.ts";

/** Opens the sheet on a turn. */
export async function openRewind(options: RewindSheetOptions): Promise<void> {
  const part = await import("./rewind-sheet.ts").catch(() => null);
  if (part === null) return showBar({ sentence: words.away(machineName()) });
  part.openRewindSheet(options);
}
