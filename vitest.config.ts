/** The tests that need no browser: the folds, the tools, the agent's turn, and the server in process. */
import { defineConfig } from "vitest/config";
import { CountsReporter } from "./scripts/counts-reporter.ts";

export default defineConfig({
  test: {
    include: ["backend/test/**/*.test.ts", "frontend/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/sample-project/**"],
    pool: "threads",
    // Most of them wait for a disk, a process or a clock: two run beside each other also on two cores.
    maxWorkers: "100%",
    testTimeout: 15_000,
    hookTimeout: 15_000,
    reporters: ["default", new CountsReporter()],
    coverage: {
      provider: "v8",
      include: ["backend/src/**/*.ts", "frontend/src/**/*.ts", "transcript/**/*.ts"],
      exclude: ["frontend/src/api.d.ts", "**/sample-project/**"],
      reporter: ["text-summary", "html"],
    },
  },
});
