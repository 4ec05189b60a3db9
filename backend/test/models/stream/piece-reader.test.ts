/** A body is read whole and in its order, held back while nobody reads, and fails as its connection does. */
import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { PieceReader } from "../../../src/models/stream/piece-reader.ts";

async function readAll(reader: PieceReader): Promise<string> {
  let text = "";
  for (let piece = await reader.read(); piece !== null; piece = await reader.read())
    text += Buffer.from(piece).toString("utf8");
  return text;
}

test("all pieces come in their order, and then the end for ever", async () => {
  const words = Array.from({ length: 100 }, (_, index) => `${index} `);
  const reader = new PieceReader(Readable.from(words.map((word) => Buffer.from(word))));
  expect(await readAll(reader)).toBe(words.join(""));
  expect(await reader.read()).toBeNull();
});

test("a body that nobody reads is held back, and goes on with the reading", async () => {
  const body = new PassThrough();
  const reader = new PieceReader(body);
  for (let index = 0; index < 40; index += 1) body.write(Buffer.from("x"));
  await expect.poll(() => body.isPaused()).toBe(true);
  body.end();
  expect(await readAll(reader)).toBe("x".repeat(40));
});

test("a connection that breaks off fails the reading after what had come", async () => {
  const body = new PassThrough();
  const reader = new PieceReader(body);
  const taken = once(body, "data");
  body.write(Buffer.from("first"));
  await taken;
  body.destroy(new Error("other side closed"));
  await new Promise((resolve) => body.once("close", resolve));
  expect(Buffer.from((await reader.read()) ?? []).toString()).toBe("first");
  await expect(reader.read()).rejects.toThrow("other side closed");
});

test("a body that is destroyed without a reason is at its end", async () => {
  const body = new PassThrough();
  const reader = new PieceReader(body);
  const reading = reader.read();
  body.destroy();
  expect(await reading).toBeNull();
});
