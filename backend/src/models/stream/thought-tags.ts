/** Takes thoughts out of an answer that begins with `<think>`: some servers leave the tags of the model's template in the text. */

const opening = "<think>";
const closing = "</think>";
/** Blank characters before the tag; more of them are an answer's own. */
const longestGap = 100;

export interface TextPiece {
  readonly type: "text" | "thought";
  readonly text: string;
}

/** One per response. Only a tag at the very beginning counts: later ones are what the answer is about. */
export class ThoughtTags {
  #state: "beginning" | "thought" | "gap" | "text" = "beginning";
  /** What may yet turn out to be a tag. */
  #held = "";

  /** The text so far, as far as it is certain what it is. */
  push(text: string): TextPiece[] {
    if (this.#state === "text") return pieces("text", text);
    this.#held += text;
    return [...this.#begin(), ...this.#think(), ...this.#release()];
  }

  /** The end of the answer: what was held back is what it looks like. */
  finish(): TextPiece[] {
    const rest = this.#held;
    this.#held = "";
    if (this.#state === "gap") return [];
    return pieces(this.#state === "thought" ? "thought" : "text", rest);
  }

  #begin(): TextPiece[] {
    if (this.#state !== "beginning") return [];
    const start = this.#held.trimStart();
    if (start.startsWith(opening)) {
      this.#state = "thought";
      this.#held = start.slice(opening.length);
    } else if (!opening.startsWith(start) || this.#held.length > longestGap) this.#state = "text";
    return [];
  }

  #think(): TextPiece[] {
    if (this.#state !== "thought") return [];
    const end = this.#held.indexOf(closing);
    if (end >= 0) {
      const thought = this.#held.slice(0, end);
      this.#held = this.#held.slice(end + closing.length);
      this.#state = "gap";
      return pieces("thought", thought);
    }
    const kept = partOfTag(this.#held);
    const thought = this.#held.slice(0, this.#held.length - kept);
    this.#held = this.#held.slice(this.#held.length - kept);
    return pieces("thought", thought);
  }

  /** Blank lines between the thoughts and the answer belong to neither. */
  #release(): TextPiece[] {
    if (this.#state === "gap") {
      this.#held = this.#held.trimStart();
      if (this.#held !== "") this.#state = "text";
    }
    if (this.#state !== "text") return [];
    const text = this.#held;
    this.#held = "";
    return pieces("text", text);
  }
}

/** How many of the last characters may be the beginning of the closing tag. */
function partOfTag(text: string): number {
  for (let length = Math.min(closing.length - 1, text.length); length > 0; length -= 1)
    if (closing.startsWith(text.slice(-length))) return length;
  return 0;
}

function pieces(type: TextPiece["type"], text: string): TextPiece[] {
  return text === "" ? [] : [{ type, text }];
}
