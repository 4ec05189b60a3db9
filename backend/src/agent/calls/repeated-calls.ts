/** Notices a model that goes in circles: the same call with the same result, again and again. */

const windowSize = 20;

/** Repeats after which the model is reminded, and after which the turn stops. */
export const repeatLimits = { remind: 3, stop: 5 } as const;

/** Remembers the last calls of one turn. */
export class RepeatedCalls {
  readonly #recent: string[] = [];

  /** Takes in a finished call and tells how often it has now been made with this very result. Times in the result do not count. */
  count(call: { readonly name: string; readonly arguments: string; readonly result: string }): number {
    const result = call.result.replace(/\b\d+(\.\d+)? ?m?s\b/g, "");
    const signature = `${call.name}\n${call.arguments}\n${result}`;
    this.#recent.push(signature);
    if (this.#recent.length > windowSize) this.#recent.shift();
    return this.#recent.filter((other) => other === signature).length;
  }
}

/** What is added to the result of a call that was repeated `count` times. */
export function repeatReminder(count: number): string {
  return `\n\nThis call has now given the same result ${count} times. Do something else, or tell the user what is in the way.`;
}
