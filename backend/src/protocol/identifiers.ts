/** The shape of identifiers that clients may choose, and of positions in a log. */
import * as z from "zod";

/** An id minted by a client: a session, a prompt. Safe as a file name and in a URL. */
export const ClientId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, "8 to 64 characters of A–Z, a–z, 0–9, _ and -");

/** A position in a session's log: 1, 2, 3 … without gaps. */
export const Seq = z.int().positive();

/** A moment as ISO 8601 in UTC with milliseconds. */
export const Timestamp = z.iso.datetime();
