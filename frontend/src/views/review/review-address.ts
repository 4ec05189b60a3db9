/** The addresses of review: a turn's changes, or what an open question proposes. */

/** Of a turn, at a file where one is named. */
export function turnReviewAddress(sessionId: string, turnId: string, file?: string): string {
  const query = new URLSearchParams({ turn: turnId });
  if (file !== undefined) query.set("file", file);
  return `/s/${sessionId}/review?${query}`;
}

/** Of exactly the diff that one question shows. */
export function proposalAddress(sessionId: string, requestId: string): string {
  return `/s/${sessionId}/review?${new URLSearchParams({ scope: "question", file: requestId })}`;
}
