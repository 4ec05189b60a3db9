// @vitest-environment happy-dom
/** A choice shows what holds, also after a change that was refused. */
import { expect, test } from "vitest";
import { signal } from "../../src/lib/signal.ts";
import { Choice } from "../../src/views/settings/choice.ts";

const values = ["full", "approve", "read"] as const;
type Value = (typeof values)[number];

function setUp(choose: (value: Value) => void | Promise<void>, current = signal<Value>("full")) {
  const group = Choice({
    label: "May",
    values,
    nameOf: (value) => value,
    current: () => current.value,
    choose,
  });
  document.body.replaceChildren(group);
  const inputs = [...group.querySelectorAll("input")];
  return {
    current,
    press: (value: Value) => inputs.find((each) => each.value === value)?.click(),
    checked: () => inputs.filter((each) => each.checked).map((each) => each.value),
  };
}

test("a change that is refused at once goes back", () => {
  const { press, checked } = setUp(() => undefined);
  press("read");
  expect(checked()).toEqual(["full"]);
});

test("a change that is refused later goes back then", async () => {
  let resolve: () => void = () => undefined;
  const answer = new Promise<void>((done) => {
    resolve = done;
  });
  const { press, checked } = setUp(() => answer);
  press("read");
  const meanwhile = checked();
  resolve();
  await answer;
  await Promise.resolve();
  expect([meanwhile, checked()]).toEqual([["read"], ["full"]]);
});

test("a change that is taken stays", async () => {
  const current = signal<Value>("full");
  const { press, checked } = setUp(async (value) => {
    current.value = value;
  }, current);
  press("approve");
  await Promise.resolve();
  await Promise.resolve();
  expect(checked()).toEqual(["approve"]);
});
