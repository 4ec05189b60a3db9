/** A vitest reporter that writes how many tests passed, failed and were skipped, for `test.mjs` to add up. */
import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** Writes `{ passed, failed, skipped }` to the file named by VOXPILOT_TEST_COUNTS, when it is set. */
export class CountsReporter implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const countsFile = process.env.VOXPILOT_TEST_COUNTS;
    if (!countsFile) return;
    const states = testModules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: string): number => states.filter((each) => each === state).length;
    // A file that could not be loaded and an error outside any test are failures too.
    const brokenFiles = testModules.filter((module) => module.errors().length > 0).length;
    const counts = {
      passed: count("passed"),
      failed: count("failed") + brokenFiles + unhandledErrors.length,
      skipped: count("skipped"),
    };
    writeFileSync(countsFile, JSON.stringify(counts));
  }
}
