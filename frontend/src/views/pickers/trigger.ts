/** Whether what is being written is the beginning of a command or of a file's name. Pure. */

export interface Trigger {
  readonly letter: "/" | "@";
  /** What was written behind it. */
  readonly letters: string;
  /** Where the letter itself stands. */
  readonly start: number;
}

/** What the cursor stands behind; null: neither. A command begins the message, a file's name a word. */
export function triggerAt(text: string, cursor: number): Trigger | null {
  const before = text.slice(0, cursor);
  const command = /^\/([\w-]*)$/.exec(before);
  if (command !== null) return { letter: "/", letters: command[1] ?? "", start: 0 };
  const file = /(?:^|\s)@(\S*)$/.exec(before);
  if (file === null) return null;
  const letters = file[1] ?? "";
  return { letter: "@", letters, start: cursor - letters.length - 1 };
}

/** The name of the command that a message begins with; null: it begins with none. A path such as /etc/hosts is none. */
export function commandName(text: string): string | null {
  return /^\/([A-Za-z0-9][\w-]*)(?=\s|$)/.exec(text.trim())?.[1] ?? null;
}

/** The text with the trigger's word replaced by `chosen` and a space, and where the cursor stands then. */
export function withChoice(
  text: string,
  trigger: Trigger,
  chosen: string,
): { readonly text: string; readonly cursor: number } {
  const rest = text.slice(trigger.start + 1 + trigger.letters.length);
  const head = `${text.slice(0, trigger.start)}${trigger.letter}${chosen} `;
  return { text: head + rest.replace(/^ /, ""), cursor: head.length };
}
