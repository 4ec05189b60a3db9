/** Notices a model that goes in circles: the same call with the same result again and again, or two steps in turns. */

const windowSize = 20;

/** Repeats after which the model is reminded, and after which the turn stops. */
export const repeatLimits = { remind: 3, stop: 5 } as const;
/** Steps that only alternate between two, after which the turn stops. */
const alternatingSteps = 6;

interface CountedCall {
  readonly name: string;
  readonly arguments: string;
  readonly result: string;
}

/** Remembers the last calls and steps of one turn. */
export class RepeatedCalls {
  readonly #recent: string[] = [];
  readonly #steps: string[] = [];
  #step: string[] = [];

  /** Takes in a finished call and tells how often it has now been made with this very result. Times in the result do not count. */
  count(call: CountedCall): number {
    const result = call.result.replace(/\b\d+(\.\d+)? ?m?s\b/g, "");
    const signature = `${call.name}\n${call.arguments}\n${result}`;
    this.#step.push(signature);
    this.#recent.push(signature);
    if (this.#recent.length > windowSize) this.#recent.shift();
    return this.#recent.filter((other) => other === signature).length;
  }

  /** Takes in that a step is over; whether the last six were A, B, A, B, A, B. */
  endStep(): boolean {
    this.#steps.push(this.#step.toSorted().join("\n\n"));
    this.#step = [];
    if (this.#steps.length > alternatingSteps) this.#steps.shift();
    const [first, second] = this.#steps;
    if (this.#steps.length < alternatingSteps || first === "" || second === "" || first === second)
      return false;
    return this.#steps.every((step, index) => step === (index % 2 === 0 ? first : second));
  }
}

/** What is added to the result of a call that was repeated `count` times. */
export function repeatReminder(count: number): string {
  return `\n\nThis call has now given the same result ${count} times. Do something else, or tell the user what is in the way.`;
}
