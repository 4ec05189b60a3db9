/** A demo for one test: in a project that is already mended the agent changes nothing. */
import { onTestFinished } from "vitest";
import { type Product, startProduct } from "./product.ts";

/** Starts it, and stops it when the test is over. */
export async function freshDemo(): Promise<Product> {
  const product = await startProduct({ words: ["demo"] });
  onTestFinished(async () => {
    await product.stop();
  });
  return product;
}
