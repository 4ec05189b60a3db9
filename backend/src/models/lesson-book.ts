/** What this process has learnt of how models want to be asked. */
import type { DialectLesson } from "./dialect.ts";

/** A model at its address: the same name elsewhere is another one. */
interface TaughtModel {
  readonly provider: { readonly baseUrl: string };
  readonly model: string;
  readonly lessons?: readonly DialectLesson[];
}

export class LessonBook {
  readonly #lessons = new Map<string, Set<DialectLesson>>();

  /** Together with what was learnt before this process began. */
  of(asked: TaughtModel): ReadonlySet<DialectLesson> {
    return new Set([...(asked.lessons ?? []), ...(this.#lessons.get(keyOf(asked)) ?? [])]);
  }

  /** Whether that was new. */
  add(asked: TaughtModel, lesson: DialectLesson): boolean {
    if (this.of(asked).has(lesson)) return false;
    const known = this.#lessons.get(keyOf(asked)) ?? new Set();
    this.#lessons.set(keyOf(asked), known.add(lesson));
    return true;
  }
}

function keyOf({ provider, model }: TaughtModel): string {
  return `${provider.baseUrl} ${model}`;
}
