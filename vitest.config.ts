/** The tests that need no browser: the folds, the tools, the agent's turn, and the server in process. */
import { defineConfig } from "vitest/config";
import { CountsReporter } from "./scripts/counts-reporter.ts";

export default defineConfig({
  test: {
    include: ["backend/test/**/*.test.ts", "frontend/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/sample-project/**"],
    pool: "threads",
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
