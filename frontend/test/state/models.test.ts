// @vitest-environment happy-dom
/** Which model a new session begins with. */
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function machineWith(...names: readonly string[]): void {
  const models = names.map((name) => ({ id: name, name, contextWindow: null }));
  const provider = { id: "ollama", name: "Ollama", source: "found", baseUrl: "", available: true, models };
  vi.stubGlobal("fetch", async () => Response.json({ default: `ollama/${names[0]}`, providers: [provider] }));
}

test("the model that was chosen last is chosen again, as long as it can be had", async () => {
  machineWith("small", "large");
  const { loadModels, preferredModel, rememberModel } = await import("../../src/state/models.ts");
  await loadModels();
  const before = preferredModel();
  rememberModel("ollama/large");
  const chosen = preferredModel();
  machineWith("small");
  await loadModels();
  expect([before, chosen, preferredModel()]).toEqual([null, "ollama/large", null]);
});

test("an answer of some seconds ago is not asked for again; an older one, or none, is", async () => {
  let asked = 0;
  let isAway = false;
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  vi.stubGlobal("fetch", async () => {
    asked += 1;
    if (isAway) throw new TypeError("away");
    return Response.json({ default: null, providers: [] });
  });
  const { freshenModels, loadModels } = await import("../../src/state/models.ts");
  await loadModels();
  await freshenModels();
  const young = asked;
  vi.advanceTimersByTime(10_001);
  isAway = true;
  await freshenModels();
  const old = asked;
  await freshenModels();
  expect([young, old, asked]).toEqual([1, 2, 3]);
});

test("a model that a list has goes by its name and its provider's; one that no list has by its id", async () => {
  machineWith("small");
  const { loadModels, nameWithProvider } = await import("../../src/state/models.ts");
  const before = nameWithProvider("ollama/small");
  await loadModels();
  expect([
    before,
    nameWithProvider("ollama/small"),
    nameWithProvider(null),
    nameWithProvider("far/away"),
  ]).toEqual(["ollama/small", "small · Ollama", "small · Ollama", "far/away"]);
});
