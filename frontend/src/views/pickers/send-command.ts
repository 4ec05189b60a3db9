/** Sends a message that begins with a command: what becomes of it comes when it is first wanted. */
import { machineName } from "../../state/access/device.ts";
import type { ComposerWords } from "../../state/composer/composer-words.ts";
import { picker as words } from "../../text/en-composer.ts";
import { chooseMode } from "../composer/composer-chips.ts";
import type { SessionContext } from "../session/session-context.ts";

interface CommandSending {
  readonly context: SessionContext;
  readonly written: ComposerWords;
  readonly send: () => void;
}

/** A command that is not known is never sent: what is written stays. */
export async function sendCommand(name: string, { context, written, send }: CommandSending): Promise<void> {
  const text = written.text.peek();
  const part = await import("./slash-send.ts").catch(() => null);
  if (part === null) return context.say(words.unreachable(machineName()));
  const fate = await part.runCommand(text, name, { context, chooseMode: () => chooseMode(context) });
  // What was written meanwhile is another message.
  if (fate === "refused" || written.text.peek() !== text) return;
  if (fate === "prompt") return send();
  written.change("");
  written.leave();
}
