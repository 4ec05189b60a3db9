/** What a start says of keys, and of where they go. */
import { expect, test } from "vitest";
import { gatewayAdvice } from "../../src/command-line/secret-advice.ts";

const gateway = { OPENAI_API_KEY: "sk-mine", OPENAI_BASE_URL: "http://127.0.0.1:4000/v1" };

test("a gateway's address that is not read is named when its key would go to OpenAI", () => {
  const [line, ...more] = gatewayAdvice(gateway, { modelsBaseUrl: null });
  expect(line).toMatch(/^OPENAI_BASE_URL is not read.* set VOXPILOT_MODELS_BASE_URL/);
  expect(line).not.toContain("sk-mine");
  expect(more).toEqual([]);
});

test.each([
  [{ OPENAI_API_KEY: "sk-mine" }, null],
  [{ OPENAI_BASE_URL: gateway.OPENAI_BASE_URL }, null],
  [gateway, "http://127.0.0.1:4000/v1"],
])("nothing is said of %j with the address %j", (environment, modelsBaseUrl) => {
  expect(gatewayAdvice(environment, { modelsBaseUrl })).toEqual([]);
});
