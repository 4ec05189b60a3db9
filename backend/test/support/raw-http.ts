/** Bytes to a port and what comes back, without any client's good manners. */
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  /** The status of each response that came, in order. */
  readonly statuses: readonly number[];
  /** All that came, byte for byte. */
  readonly text: string;
}

const answerWithinMs = 10_000;

/** Sends the bytes, says that no more will come, and waits until the server closes. Rejects when it does not. */
export function rawExchange(port: number, bytes: Buffer | string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const fail = () => {
      socket.destroy();
      reject(
        new Error(`No end of the answer to ${JSON.stringify(bytes.toString("latin1").slice(0, 2_000))}`),
      );
    };
    socket.setTimeout(answerWithinMs, fail);
    socket.on("data", (chunk) => chunks.push(chunk));
    // A server that has refused does not read on: what it said before counts.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      const text = Buffer.concat(chunks).toString("latin1");
      resolve({ statuses: statusesIn(text), text });
    });
    socket.end(bytes);
  });
}

function statusesIn(text: string): number[] {
  return [...text.matchAll(/^HTTP\/1\.1 (\d{3})(?= )/gm)].map(([, status]) => Number(status));
}

/** A connection that stays open; resolves once it stands. */
export function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port }, () => resolve(socket));
    socket.once("error", reject);
  });
}
