/** Compression of answers: what a client takes, and pages of JSON that it gets that way. */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/** Smaller bodies gain nothing. */
const leastBytes = 1_024;

/** Whether an `Accept-Encoding` header takes this encoding. */
export function accepts(header: string | undefined, encoding: "br" | "gzip"): boolean {
  return (header ?? "").split(",").some((offer) => {
    const [name = "", ...parameters] = offer.trim().toLowerCase().split(";");
    return name.trim() === encoding && !parameters.some((part) => /^\s*q=0(?:\.0*)?\s*$/.test(part));
  });
}

/** A value as JSON, compressed when that is worth it and taken. */
export async function compressedJson(value: unknown, acceptEncoding: string | undefined): Promise<Response> {
  const json = Buffer.from(JSON.stringify(value));
  const headers = new Headers({ "content-type": "application/json", vary: "accept-encoding" });
  if (json.length < leastBytes) return new Response(json, { headers });
  if (accepts(acceptEncoding, "br")) {
    headers.set("content-encoding", "br");
    return new Response(new Uint8Array(await compressBrotli(json, brotliOptions)), { headers });
  }
  if (!accepts(acceptEncoding, "gzip")) return new Response(json, { headers });
  headers.set("content-encoding", "gzip");
  return new Response(new Uint8Array(await compressGzip(json, { level: 5 })), { headers });
}

/** A quality that takes about as long as gzip and makes less. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
