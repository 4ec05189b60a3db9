// @vitest-environment happy-dom
/** Keyed rows. */
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { h } from "../../src/lib/dom.ts";
import { list } from "../../src/lib/list.ts";
import { onCleanup, owned, signal } from "../../src/lib/signal.ts";

interface Item {
  readonly id: string;
  readonly name: string;
}

function items(text: string): Item[] {
  return [...text].map((id) => ({ id, name: id }));
}

function setUp(start: string) {
  const shown = signal<readonly Item[]>(items(start));
  const disposed: string[] = [];
  const scope = owned(() => {
    const parent = h("ul", null, h("li", null, "head"));
    list(
      parent,
      () => shown.value,
      (item) => item.id,
      (item) => {
        const { id } = item.peek();
        onCleanup(() => disposed.push(id));
        return h("li", null, () => item.value.name);
      },
    );
    return parent;
  });
  const words = () => [...scope.value.children].map((row) => row.textContent).join(" ");
  return { shown, disposed, scope, words, parent: scope.value };
}

test("rows stand after what was there, in the items' order", () => {
  expect(setUp("abc").words()).toBe("head a b c");
});

test("an item that changes keeps its row", () => {
  const { shown, parent, words } = setUp("ab");
  const row = parent.children[1];
  shown.value = [{ id: "a", name: "new" }, ...items("b")];
  expect(words()).toBe("head new b");
  expect(parent.children[1]).toBe(row);
});

test("a change of one item asks each row for its key once, and moves nothing", () => {
  let asked = 0;
  const shown = signal<readonly Item[]>(items("abcd"));
  const { value: parent } = owned(() => {
    const element = h("ul", null);
    const key = (item: Item) => {
      asked += 1;
      return item.id;
    };
    list(
      element,
      () => shown.value,
      key,
      (item) => h("li", null, () => item.value.name),
    );
    return element;
  });
  asked = 0;
  const insertBefore = vi.spyOn(parent, "insertBefore");
  shown.value = [...items("abc"), { id: "d", name: "new" }];
  expect([parent.textContent, asked, insertBefore.mock.calls.length]).toEqual(["abcnew", 4, 0]);
});

test("a row whose item goes is disposed and removed", () => {
  const { shown, disposed, words } = setUp("abc");
  shown.value = items("ac");
  expect([words(), disposed]).toEqual(["head a c", ["b"]]);
});

test("all rows go with the list's owner", () => {
  const { scope, disposed } = setUp("ab");
  scope.dispose();
  expect(disposed.sort()).toEqual(["a", "b"]);
});

test("bringing the last row to the top moves that row alone", async () => {
  const { shown, parent } = setUp("abcd");
  const moved: string[] = [];
  const observer = new MutationObserver((records) => {
    for (const record of records) for (const node of record.addedNodes) moved.push(node.textContent ?? "");
  });
  observer.observe(parent, { childList: true });
  shown.value = items("dabc");
  await Promise.resolve();
  observer.disconnect();
  expect(moved).toEqual(["d"]);
});

test("any change ends in the wanted order, with the same rows for the same keys", () => {
  const order = fc
    .uniqueArray(fc.constantFrom(..."abcdefghij"), { maxLength: 10 })
    .map((ids) => ids.join(""));
  fc.assert(
    fc.property(fc.array(order, { minLength: 2, maxLength: 5 }), ([first = "", ...rest]) => {
      const { shown, parent, words } = setUp(first);
      for (const next of rest) {
        const before = new Map([...parent.children].map((row) => [row.textContent, row]));
        const kept = shown.value.map((item) => item.id);
        shown.value = items(next);
        expect(words()).toBe(["head", ...next].join(" "));
        for (const row of parent.children) {
          if (kept.includes(row.textContent ?? "") && next.includes(row.textContent ?? ""))
            expect(before.get(row.textContent)).toBe(row);
        }
      }
    }),
    { numRuns: 60 },
  );
});
