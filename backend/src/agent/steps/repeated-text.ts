/** Notices an answer that says the same over and over, or does not end at all, while it is being said. */

const repeats = 10;
const shortestPeriod = 2;
const longestPeriod = 400;
/** What is as long as a sentence is not said ten times with good reason; a word, a row or a rule may be, so it must fill pages. */
const sentenceCharacters = 40;
const leastCharacters = 600;
const leastOfShortPieces = 8_000;
const checkEvery = 200;
const longestLook = 40;
const windowCharacters = Math.max(longestPeriod * repeats, leastOfShortPieces);
/** Characters of one response, thoughts included. */
const mostCharacters = 2_000_000;

/** One for each response. */
export class RepeatedText {
  #tail = "";
  #unchecked = 0;
  #total = 0;

  /** Takes in what was said; whether it is time to stop listening, and why. */
  add(text: string): "repeats" | "endless" | null {
    this.#total += text.length;
    if (this.#total > mostCharacters) return "endless";
    this.#tail = (this.#tail + text).slice(-windowCharacters);
    this.#unchecked += text.length;
    if (this.#unchecked < checkEvery) return null;
    this.#unchecked = 0;
    return mayBePeriodic(this.#tail) && isPeriodic(this.#tail) ? "repeats" : null;
  }
}

/** What repeats has its last characters once before, not far away: a quick look that spares most texts the long one. */
function mayBePeriodic(text: string): boolean {
  const last = text.slice(-longestLook);
  return text.lastIndexOf(last, text.length - last.length - 1) >= text.length - last.length - longestPeriod;
}

/** Whether it ends in ten times the same piece. */
function isPeriodic(text: string): boolean {
  const backwards = [...Array(text.length).keys()].map((index) => text.charCodeAt(text.length - 1 - index));
  const borders: number[] = [0];
  for (let index = 1; index < backwards.length; index += 1) {
    let border = borders[index - 1] ?? 0;
    while (border > 0 && backwards[index] !== backwards[border]) border = borders[border - 1] ?? 0;
    borders.push(backwards[index] === backwards[border] ? border + 1 : 0);
    const length = index + 1;
    const period = length - (borders[index] ?? 0);
    const least = period < sentenceCharacters ? leastOfShortPieces : leastCharacters;
    const isLongEnough = length >= least && length >= period * repeats;
    if (isLongEnough && period >= shortestPeriod && period <= longestPeriod) return true;
  }
  return false;
}
