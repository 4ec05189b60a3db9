/** What goes with every request to a provider beside its key: a header, or a field of the query behind the `?` of its addresses. */
import * as z from "zod";

const headerShape = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** The client sets these itself, or they say how a message is carried. */
const takenHeaders: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** JavaScript's own: as the name of a field they are never meant. */
const ownNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
const isFieldName = (name: string) => !ownNames.has(name.toLowerCase());
const anotherName = "is no name for a field. Use another.";

/** A header's name that may be set. */
export const HeaderName = z
  .string()
  .regex(headerShape, "is not a header's name. Use letters, digits and hyphens: X-Title.")
  .refine(
    (name) => !takenHeaders.has(name.toLowerCase()),
    "names a header that VoxPilot sets itself. Leave it out.",
  )
  .refine(isFieldName, anotherName);

/** The name of a query's field. */
export const QueryName = z
  .string()
  .regex(/^[\x21-\x7e]{1,100}$/, "is not a name. Use one like api-version, without spaces.")
  .refine(isFieldName, anotherName);

/** What is sent; a key among it is a secret as any key. */
export const FieldValue = z
  .string()
  .trim()
  .min(1, "is empty. Leave the field out, or give it a value.")
  .max(8_192, "is longer than 8,192 characters.")
  .regex(/^[\x20-\x7e]*$/, "holds characters that cannot be sent. Use letters, digits and signs of ASCII.");

/** As a provider's owner is shown it; `value` null: it is a secret, and is never shown again. */
export const ShownField = z
  .object({ name: z.string(), value: z.string().nullable(), isSecret: z.boolean() })
  .meta({ id: "ShownField" });
export type ShownField = z.infer<typeof ShownField>;

const putField = <Name extends z.ZodType<string>>(name: Name) =>
  z.object({ name, value: FieldValue.optional(), isSecret: z.boolean().optional() });

const mostFields = 30;

function once(nameOf: (name: string) => string) {
  return (fields: readonly { readonly name: string }[]) =>
    new Set(fields.map(({ name }) => nameOf(name))).size === fields.length;
}

/** `value` absent: the one that is kept under this name. `isSecret` absent: it is one, unless its name is known to be none. */
export const PutHeaders = z
  .array(putField(HeaderName))
  .max(mostFields)
  .refine(
    once((name) => name.toLowerCase()),
    "holds one header twice. Keep one of them.",
  );

/** The same of the query. */
export const PutQuery = z
  .array(putField(QueryName))
  .max(mostFields)
  .refine(
    once((name) => name),
    "holds one name twice. Keep one of them.",
  );
export type PutField = z.infer<typeof PutQuery>[number];
