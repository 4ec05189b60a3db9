/** Ownership: what is made inside ends with its owner. */
import { expect, test } from "vitest";
import { effect, onCleanup, owned, signal } from "../../src/lib/signal.ts";

test("an effect ends with its owner", () => {
  const count = signal(1);
  const seen: number[] = [];
  const scope = owned(() => effect(() => void seen.push(count.value)));
  count.value = 2;
  scope.dispose();
  count.value = 3;
  expect(seen).toEqual([1, 2]);
});

test("an effect disposes what its last run made before it runs again", () => {
  const outer = signal(1);
  const inner = signal("a");
  const seen: string[] = [];
  owned(() => {
    effect(() => {
      const number = outer.value;
      effect(() => void seen.push(`${number}${inner.value}`));
    });
  });
  outer.value = 2;
  inner.value = "b";
  expect(seen).toEqual(["1a", "2a", "2b"]);
});

test("cleanups run newest first, and once", () => {
  const order: string[] = [];
  const scope = owned(() => {
    onCleanup(() => order.push("first"));
    onCleanup(() => order.push("second"));
  });
  scope.dispose();
  scope.dispose();
  expect(order).toEqual(["second", "first"]);
});

test("an effect's own cleanup runs before its next run and at the end", () => {
  const count = signal(1);
  const order: string[] = [];
  const scope = owned(() =>
    effect(() => {
      const number = count.value;
      order.push(`run ${number}`);
      return () => order.push(`clean ${number}`);
    }),
  );
  count.value = 2;
  scope.dispose();
  expect(order).toEqual(["run 1", "clean 1", "run 2", "clean 2"]);
});

test("what was made before a build failed is disposed", () => {
  let isClean = false;
  expect(() =>
    owned(() => {
      onCleanup(() => {
        isClean = true;
      });
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(isClean).toBe(true);
});
