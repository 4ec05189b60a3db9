/** Finding sessions by their titles and by what was said and done in them. */
import * as z from "zod";
import { Seq } from "./identifiers.ts";
import { SessionSummary } from "./session.ts";

/** What was found: a session's name, what a person or the agent wrote, a call's title, its command, a file's name. */
export const SearchHitKind = z
  .enum(["title", "prompt", "agent", "tool", "command", "file"])
  .meta({ id: "SearchHitKind" });
export type SearchHitKind = z.infer<typeof SearchHitKind>;

/** One place. `text` is a line around the first match; `marks` are the matches in it, from and to, counted as JavaScript counts. */
export const SearchHit = z
  .object({
    /** Where its entry begins in the log. */
    seq: Seq,
    kind: SearchHitKind,
    text: z.string(),
    marks: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
  })
  .meta({ id: "SearchHit" });
export type SearchHit = z.infer<typeof SearchHit>;

/** Sessions most recently updated first, each with its first hits. */
export const SearchResults = z
  .object({
    results: z.array(z.object({ session: SessionSummary, hits: z.array(SearchHit) })),
    hasMore: z.boolean(),
  })
  .meta({ id: "SearchResults" });
export type SearchResults = z.infer<typeof SearchResults>;
