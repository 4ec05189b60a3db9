/** Stands between a client and the server, and loses answers: the server has done what was asked, and nobody is told. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { Random } from "../support/long-form.ts";

export interface LossyProxy {
  /** Its origin. */
  readonly address: string;
  /** Answers that were lost. */
  readonly lost: number;
}

/** Delivers every request, whole; of a hundred answers, `lossPercent` are thrown away and the connection is cut. */
export async function lossyProxy(
  target: string,
  { lossPercent, random }: { readonly lossPercent: number; readonly random: Random },
): Promise<LossyProxy> {
  let lost = 0;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { authorization = "" } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? "GET",
      headers: { authorization, "content-type": "application/json" },
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    const text = await answer.text();
    if (random.below(100) < lossPercent) {
      lost += 1;
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port }: AddressInfo = addressOf(server.address());
  return {
    address: `http://127.0.0.1:${port}`,
    get lost() {
      return lost;
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (typeof address !== "object" || address === null) throw new Error("It does not listen on a port.");
  return address;
}
