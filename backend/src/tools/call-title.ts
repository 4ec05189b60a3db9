/** What a call is called in a list: one line, not too long. */

const longestTitleCharacters = 200;

/** Cut to what a list shows. */
export function shortTitle(title: string): string {
  return title.slice(0, longestTitleCharacters);
}

/** The first line of a text that the model wrote. */
export function firstLineTitle(text: string): string {
  return shortTitle(text.trim().split("\n")[0] ?? "");
}
