/** Ids of calls in the form that a dialect takes, each used once in a request; a result follows its call. */
import { createHash } from "node:crypto";
import type { DialectFlags } from "../dialect.ts";

const forms = { common: /^[a-zA-Z0-9_-]{1,40}$/, short: /^[a-zA-Z0-9]{9}$/ } as const;

/** One per request. */
export class CallIds {
  readonly #form: DialectFlags["callIds"];
  readonly #used = new Set<string>();

  constructor(form: DialectFlags["callIds"]) {
    this.#form = form;
  }

  /** An id that no call before has: the given one where it will do, else the same new one in every request. */
  next(id: string): string {
    let sent = forms[this.#form].test(id) ? id : "";
    for (let number = 0; sent === "" || this.#used.has(sent); number += 1) sent = this.#made(id, number);
    this.#used.add(sent);
    return sent;
  }

  #made(id: string, number: number): string {
    const hash = createHash("sha256").update(`${number} ${id}`).digest("hex");
    return this.#form === "short" ? hash.slice(0, 9) : `call_${hash.slice(0, 20)}`;
  }
}
