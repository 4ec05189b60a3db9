/** Lets one port speak both: the first byte of a connection tells TLS from plain http. */
import type { Socket } from "node:net";
import { createServer, type Server as TlsServer } from "node:tls";
import type { Credentials } from "../../access/tls/server-certificate.ts";

/** The first byte of a TLS handshake; no method of HTTP starts with it. */
const handshakeByte = 0x16;
const firstByteWithinMs = 5_000;
const handshakeWithinMs = 10_000;

export interface TlsFront {
  /** New connections get these; those that are open go on. */
  renew(credentials: Credentials): void;
  /** Takes a connection of which nothing was read yet. */
  accept(socket: Socket): void;
}

/** `pass` gets every connection on which HTTP is spoken next: the plain ones, and what is inside TLS. */
export function createTlsFront(credentials: Credentials, pass: (socket: Socket) => void): TlsFront {
  const secure = createTlsServer(credentials, pass);
  return {
    accept(socket) {
      readFirstByte(socket, (byte) => {
        if (byte === handshakeByte) secure.emit("connection", socket);
        else pass(socket);
      });
    },
    renew: ({ key, cert }) => secure.setSecureContext({ key, cert, minVersion: "TLSv1.2" }),
  };
}

/**
 * HTTP/1.1 alone: the limits on headers, the raw `Host` and the way connections end are those of Node's http/1 server,
 * and a page needs one stream and a few short calls.
 */
function createTlsServer({ key, cert }: Credentials, pass: (socket: Socket) => void): TlsServer {
  const server = createServer({
    key,
    cert,
    minVersion: "TLSv1.2",
    ALPNProtocols: ["http/1.1"],
    handshakeTimeout: handshakeWithinMs,
  });
  server.on("secureConnection", pass);
  // A browser that does not trust the certificate hangs up: no failure of ours.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return server;
}

function readFirstByte(socket: Socket, found: (byte: number) => void): void {
  const giveUp = () => socket.destroy();
  const look = () => {
    const first: unknown = socket.read(1);
    // Nothing there: the other side has closed.
    if (!Buffer.isBuffer(first)) return;
    socket.removeListener("readable", look);
    socket.setTimeout(0);
    socket.removeListener("timeout", giveUp).removeListener("end", giveUp);
    socket.unshift(first);
    found(first[0] ?? 0);
  };
  socket.on("error", giveUp);
  socket.on("readable", look);
  socket.once("end", giveUp);
  socket.setTimeout(firstByteWithinMs, giveUp);
}
