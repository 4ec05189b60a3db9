/** A question as the fold keeps it. */
import type { OpenQuestion } from "../../../../transcript/transcript.ts";

export type Question = OpenQuestion["request"];
