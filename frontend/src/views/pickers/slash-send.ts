/** What becomes of a message that begins with a command: done in the page, sent as a prompt, or not sent at all. */
import { h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { machineName } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { newSessionDraft, readDraft, writeDraft } from "../../state/outbox/drafts.ts";
import { loadCommands, type PromptCommand } from "../../state/session/prompt-words.ts";
import { picker as words } from "../../text/en-composer.ts";
import type { SessionContext } from "../session/session-context.ts";
import { chooseRewind } from "../session-sheets/rewind-choice.ts";
import { commandDetail } from "./command-words.ts";

/** done: the page did it. prompt: it is sent like other words. refused: nothing happened, and that was said. */
export type CommandFate = "done" | "prompt" | "refused";

interface CommandPlace {
  readonly context: SessionContext;
  readonly chooseMode: () => void;
}

/** Does what the page can do by itself; `text` is the whole message, `name` its command. */
export async function runCommand(text: string, name: string, place: CommandPlace): Promise<CommandFate> {
  const { context } = place;
  const { id, transcript } = context.session;
  const commands = await loadCommands(id, transcript.peek().commands);
  if (commands === null) {
    context.say(words.unreachable(machineName()));
    return "refused";
  }
  const command = commands.find((each) => each.name === name);
  if (command?.where === "turn") return "prompt";
  const act = command === undefined ? undefined : actions[command.name];
  if (act === undefined) {
    context.say(words.unknown(name));
    return "refused";
  }
  act({
    ...place,
    commands,
    rest: text
      .trim()
      .slice(name.length + 1)
      .trim(),
  });
  return "done";
}

interface Call extends CommandPlace {
  readonly commands: readonly PromptCommand[];
  /** What stands behind the command. */
  readonly rest: string;
}

const actions: Readonly<Record<string, (call: Call) => void>> = {
  new: ({ rest }) => {
    const written = readDraft(newSessionDraft)?.text ?? "";
    if (rest !== "") writeDraft(newSessionDraft, written === "" ? rest : `${written}\n\n${rest}`);
    go("/new");
  },
  model: ({ context }) => context.chooseModel(),
  mode: ({ chooseMode }) => chooseMode(),
  compact: ({ context }) =>
    void context.compact().then((isTaken) => {
      if (isTaken) context.say(words.compacting);
    }),
  rewind: ({ context }) => chooseRewind(context),
  help: ({ commands }) => openHelp(commands),
};

function openHelp(commands: readonly PromptCommand[]): void {
  openSheet({
    title: words.help,
    anchor: null,
    content: () =>
      h(
        "dl",
        { class: "key-list" },
        commands.flatMap((command) => [
          h("dt", { class: "mono" }, `/${command.name}`),
          h("dd", { dir: "auto" }, commandDetail(command)),
        ]),
      ),
  });
}
