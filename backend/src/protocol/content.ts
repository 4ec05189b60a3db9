/** What a prompt or a message is made of. The shapes are ACP v1's ContentBlock. */
import * as z from "zod";

/** Plain text; Markdown where an agent writes it. */
export const TextContent = z
  .object({ type: z.literal("text"), text: z.string() })
  .meta({ id: "TextContent" });

/** A pointer to a file or page; the engine decides whether to read it. */
export const ResourceLink = z
  .object({ type: z.literal("resource_link"), uri: z.string(), name: z.string() })
  .meta({ id: "ResourceLink" });

/** One part of a prompt or a message. */
export const ContentBlock = z
  .discriminatedUnion("type", [TextContent, ResourceLink])
  .meta({ id: "ContentBlock" });

export type ContentBlock = z.infer<typeof ContentBlock>;
