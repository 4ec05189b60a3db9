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

/** A picture. `data` is base64 of the file. */
export const ImageContent = z
  .object({
    type: z.literal("image"),
    mimeType: z.enum(["image/png", "image/jpeg", "image/gif", "image/webp"]),
    data: z.base64(),
  })
  .meta({ id: "ImageContent" });
export type ImageContent = z.infer<typeof ImageContent>;

/** One part of a prompt or a message. */
export const ContentBlock = z
  .discriminatedUnion("type", [TextContent, ResourceLink, ImageContent])
  .meta({ id: "ContentBlock" });

export type ContentBlock = z.infer<typeof ContentBlock>;
