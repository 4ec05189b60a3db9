import { expect, test } from "vitest";
import { omissionIn } from "../../../src/tools/changes/omission.ts";

test.each([
  "// ... rest of the code ...",
  "// ...existing code...",
  "# ... rest of methods ...",
  "/* ... remaining functions unchanged ... */",
  "<!-- ... existing content ... -->",
  "{/* ... rest of component ... */}",
  "    // … other methods",
  "(rest of methods ...)",
  "-- ... previous code",
  "// rest of the code...",
  "# ... (existing code)",
])("finds %j", (line) => {
  expect(omissionIn(`a\n${line}\nb`, "")).toBe(line.trim());
});

test.each([
  "const { a, ...rest } = props;",
  "f(...args);",
  'console.log("Loading the rest of the files...");',
  "// wait for the rest of the code to load",
  "The story goes on ...",
  "// ... and then we sort",
  "# Loading...",
])("lets %j be", (line) => {
  expect(omissionIn(line, "")).toBe(null);
});
