/** Pictures that the stream leaves out of a message, fetched when somebody sees their place. */
import { api, ask } from "../../api/client.ts";
import type { ContentBlock } from "../../api/types.ts";

type ImageBlock = Extract<ContentBlock, { type: "image" }>;

const mostKept = 12;
const fetched = new Map<string, Promise<ImageBlock | null>>();

/** The picture of one event of a session; null: it cannot be had now, and the next call tries again. */
export function fetchPicture(sessionId: string, seq: number): Promise<ImageBlock | null> {
  const key = `${sessionId} ${seq}`;
  const known = fetched.get(key);
  if (known !== undefined) return known;
  const picture = load(sessionId, seq);
  fetched.set(key, picture);
  void picture.then((image) => {
    if (image === null) fetched.delete(key);
  });
  const oldest = fetched.keys().next().value;
  if (fetched.size > mostKept && oldest !== undefined) fetched.delete(oldest);
  return picture;
}

async function load(id: string, seq: number): Promise<ImageBlock | null> {
  const outcome = await ask(api.GET("/api/sessions/{id}/events/{seq}", { params: { path: { id, seq } } }));
  if (!outcome.ok || outcome.data.update.sessionUpdate !== "user_message_chunk") return null;
  const { content } = outcome.data.update;
  return content.type === "image" ? content : null;
}
