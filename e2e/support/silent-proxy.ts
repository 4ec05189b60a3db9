/** A network that can die without a word: connections stay open and carry nothing, as when a phone sleeps or changes cells. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface SilentProxy {
  readonly port: number;
  /** From now on everything that is open carries nothing more, for ever; what is opened later works. */
  dropOpen(): void;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 and hands bytes on to `targetPort` there. */
export async function startSilentProxy(targetPort: () => number): Promise<SilentProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const target = connect(targetPort(), "127.0.0.1");
    const pair = [client, target] as const;
    pairs.add(pair);
    client.pipe(target);
    target.pipe(client);
    for (const [one, other] of [pair, [target, client] as const]) {
      one.on("error", () => undefined);
      one.on("close", () => {
        pairs.delete(pair);
        other.destroy();
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The proxy has no port.");
  return {
    port: address.port,
    dropOpen() {
      for (const [client, target] of pairs) {
        client.unpipe(target);
        target.unpipe(client);
        // Read and thrown away: neither side is told that the other does not hear it.
        client.resume();
        target.resume();
        // The other end may close: this one says nothing of it.
        target.removeAllListeners("close");
        client.removeAllListeners("close");
      }
    },
    async close() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
