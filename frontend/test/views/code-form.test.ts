// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { Failure } from "../../src/api/types.ts";
import { owned } from "../../src/lib/signal.ts";
import { CodeForm, newAttempt, send } from "../../src/views/code-form.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A form whose every try is answered by `answer`. */
function form(answer: () => Promise<Failure | null>) {
  const attempt = newAttempt();
  const tried: string[] = [];
  const built = owned(() =>
    CodeForm(attempt, async (code) => {
      await send(attempt, () => {
        tried.push(code);
        return answer();
      });
    }),
  );
  document.body.replaceChildren(built.value);
  onTestFinished(built.dispose);
  const field = document.querySelector<HTMLInputElement>("#pairing-code");
  return {
    tried,
    field,
    type(text: string) {
      if (field === null) return;
      field.value = text;
      field.dispatchEvent(new Event("input"));
    },
    submit: () => built.value.dispatchEvent(new Event("submit", { cancelable: true })),
    button: () => built.value.querySelector("button"),
    problem: () => built.value.querySelector("[role=alert]")?.textContent ?? "",
    status: () => built.value.querySelector("[role=status]")?.textContent ?? "",
  };
}

function refusal(code: "too_many_tries" | "code_unknown", data: Record<string, unknown> = {}): Failure {
  return { status: 400, code, detail: "", data };
}

test("after too many tries the same code can be tried again once the wait is over", async () => {
  const answers: (Failure | null)[] = [refusal("too_many_tries", { retryAfterSeconds: 3 }), null];
  const page = form(async () => answers.shift() ?? null);
  page.type("ABCDEFGH");
  await vi.advanceTimersByTimeAsync(0);
  const blocked = [page.problem(), page.button()?.getAttribute("aria-disabled")];
  page.submit();
  await vi.advanceTimersByTimeAsync(3000);
  const free = [page.problem(), page.button()?.getAttribute("aria-disabled")];
  page.submit();
  await vi.advanceTimersByTimeAsync(0);
  expect([blocked, free, page.tried.length]).toEqual([["Too many tries. Wait 3 s.", "true"], ["", null], 2]);
});

test("says that it is pairing once that takes 400 ms, and that the field is busy at once", async () => {
  let resolve = (_: Failure | null): void => undefined;
  const page = form(() => new Promise((done) => (resolve = done)));
  page.type("ABCDEFGH");
  await vi.advanceTimersByTimeAsync(399);
  const early = [page.status(), page.field?.getAttribute("aria-busy"), page.button()];
  await vi.advanceTimersByTimeAsync(1);
  const late = page.status();
  resolve(refusal("code_unknown"));
  await vi.advanceTimersByTimeAsync(0);
  expect([early, late, page.status(), page.button()?.textContent]).toEqual([
    ["", "true", null],
    "Pairing",
    "",
    "Try again",
  ]);
});
