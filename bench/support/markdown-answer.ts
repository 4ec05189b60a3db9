/** What a model writes when it explains code: Markdown of every usual kind, in pieces the size of tokens. */

const section = [
  "## What happens here",
  "The **session list** is read once, and `applySnapshot` keeps what was *loaded by page* before. That is why the list stays in place when the phone wakes, and why [the guide](https://example.org/guide) calls it a merge; nothing is fetched twice, and nobody waits for it.",
  "- The first page comes with the stream, and is drawn **at once**.\n- Older pages are put in above, when scrolling rests.\n- A summary that is older than `lastSeq` is dropped.\n  - Also when it comes from another device.",
  "```ts\nexport function applySummary(summary: SessionSummary): void {\n  const known = summaries.peek().get(summary.id);\n  // What is newer here stays.\n  if (known !== undefined && known.lastSeq > summary.lastSeq) return;\n  summaries.value = new Map(summaries.peek()).set(summary.id, summary);\n}\n```",
  "There are two things to know about it. A *draft* is kept on every keystroke, so the words survive a crash; and the id of a prompt is made with its first letter, so that however often it is sent, it runs once.",
  "| what | where | how long |\n|---|---|--:|\n| drafts | this device | until sent |\n| summaries | memory | while open |\n| the log | the machine | always |",
  "1. Open the session.\n2. Scroll up until an older page is there.\n3. Lock the phone, wait a minute, and unlock it.",
].join("\n\n");

const text = `${section}\n\n`;
const charactersPerToken = 4;

/** So many tokens of four characters each; the text begins anew when it is at its end. */
export function markdownAnswer(tokens: number): readonly string[] {
  const whole = text.repeat(Math.ceil((tokens * charactersPerToken) / text.length));
  return Array.from({ length: tokens }, (_, index) =>
    whole.slice(index * charactersPerToken, (index + 1) * charactersPerToken),
  );
}
