/** The tests with a phone-sized real browser on the built product, two files at a time: they wait more than they work. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { CountsReporter } from "../scripts/counts-reporter.ts";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["e2e/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A busy machine is no fault of the page.
    expect: { poll: { timeout: 10_000 } },
    reporters: ["default", new CountsReporter()],
  },
});
