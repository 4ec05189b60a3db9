/** Letters that stand in a text in their order, though not side by side: how well, and where. Pure. */

export interface FuzzyMatch {
  /** Higher is better. */
  readonly score: number;
  /** Where each letter stands, ascending. */
  readonly places: readonly number[];
}

const boundary = /[\s/._\-:]/;

/** Null: a letter is missing. Without letters everything matches equally. Upper and lower case are the same. */
export function fuzzyMatch(letters: string, text: string): FuzzyMatch | null {
  const wanted = letters.toLowerCase();
  const among = text.toLowerCase();
  if (wanted === "") return { score: 0, places: [] };
  // What stands side by side is meant before what is only scattered.
  const whole = bestRun(wanted, among);
  if (whole >= 0) {
    const places = Array.from(wanted, (_, index) => whole + index);
    return { score: scoreOf(places, among) + wanted.length * 4, places };
  }
  const places: number[] = [];
  let from = 0;
  for (const letter of wanted) {
    const place = among.indexOf(letter, from);
    if (place < 0) return null;
    places.push(place);
    from = place + 1;
  }
  return { score: scoreOf(places, among), places };
}

/** Where the letters begin side by side, at a word's beginning before anywhere else; −1: nowhere. */
function bestRun(wanted: string, among: string): number {
  let first = -1;
  for (let place = among.indexOf(wanted); place >= 0; place = among.indexOf(wanted, place + 1)) {
    if (isStart(among, place)) return place;
    if (first < 0) first = place;
  }
  return first;
}

function scoreOf(places: readonly number[], among: string): number {
  let score = -among.length / 100;
  for (const [index, place] of places.entries()) {
    if (isStart(among, place)) score += 3;
    if (index > 0 && places[index - 1] === place - 1) score += 2;
  }
  // What begins with the letters is what was meant.
  return places[0] === 0 ? score + 6 : score;
}

function isStart(among: string, place: number): boolean {
  return place === 0 || boundary.test(among[place - 1] ?? "");
}

/** Items that match, best first; those that match equally stay in their order. */
export function fuzzySort<Item>(
  items: readonly Item[],
  letters: string,
  text: (item: Item) => string,
): readonly { readonly item: Item; readonly places: readonly number[] }[] {
  return items
    .flatMap((item) => {
      const match = fuzzyMatch(letters, text(item));
      return match === null ? [] : [{ item, match }];
    })
    .sort((one, other) => other.match.score - one.match.score)
    .map(({ item, match }) => ({ item, places: match.places }));
}
