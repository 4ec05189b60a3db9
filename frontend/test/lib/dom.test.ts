// @vitest-environment happy-dom
/** Elements and their live bindings. */
import { expect, test } from "vitest";
import { h, svg, when } from "../../src/lib/dom.ts";
import { effect, onCleanup, owned, signal } from "../../src/lib/signal.ts";

test("attributes, listeners and children are set once", () => {
  let clicks = 0;
  const button = h(
    "button",
    { class: "a", type: "button", disabled: false, "aria-expanded": false, onclick: () => (clicks += 1) },
    "Go ",
    2,
    null,
    false,
    [h("b", null, "!")],
  );
  button.click();
  expect(button.outerHTML).toBe(
    '<button class="a" type="button" aria-expanded="false">Go 2<b>!</b></button>',
  );
  expect(clicks).toBe(1);
});

test("a function as a prop follows its signals, and null takes the attribute away", () => {
  const label = signal<string | null>("one");
  const element = h("a", { title: () => label.value, hidden: () => label.value === null });
  label.value = "two";
  expect(element.outerHTML).toBe('<a title="two"></a>');
  label.value = null;
  expect(element.outerHTML).toBe('<a hidden=""></a>');
});

test("a text child that changes keeps its node", () => {
  const name = signal("Ada");
  const element = h("p", null, "Hello ", () => name.value, "!");
  const text = [...element.childNodes].find((node) => node.textContent === "Ada");
  name.value = "Grace";
  expect(element.textContent).toBe("Hello Grace!");
  expect(text?.textContent).toBe("Grace");
});

test("a live child replaces its own region alone, nested regions included", () => {
  const isOn = signal(true);
  const inner = signal("x");
  const element = h("p", null, "a", () => (isOn.value ? [h("b", null, "b"), () => inner.value] : "off"), "c");
  expect(element.textContent).toBe("abxc");
  inner.value = "yy";
  expect(element.textContent).toBe("abyyc");
  isOn.value = false;
  expect(element.textContent).toBe("aoffc");
  inner.value = "gone";
  isOn.value = true;
  expect(element.textContent).toBe("abgonec");
});

test("what a live child made is disposed when it is replaced", () => {
  const isOn = signal(true);
  const log: string[] = [];
  const Part = () => {
    onCleanup(() => log.push("disposed"));
    return h("i");
  };
  owned(() => h("p", null, () => (isOn.value ? Part() : null)));
  isOn.value = false;
  expect(log).toEqual(["disposed"]);
});

test("when renders anew only when its condition changes", () => {
  const count = signal(1);
  let renders = 0;
  const element = h(
    "p",
    null,
    when(
      () => count.value > 1,
      () => {
        renders += 1;
        return `many ${count.value}`;
      },
      () => "few",
    ),
  );
  expect(element.textContent).toBe("few");
  count.value = 2;
  count.value = 3;
  expect(element.textContent).toBe("many 2");
  expect(renders).toBe(1);
});

test("styles go through CSSOM, also live and custom ones", () => {
  const share = signal<number | null>(0.5);
  const element = h("div", { style: { "--share": () => share.value, color: "red" } });
  expect(element.style.getPropertyValue("--share")).toBe("0.5");
  share.value = null;
  expect(element.style.getPropertyValue("--share")).toBe("");
  expect(element.style.color).toBe("red");
});

test("value and checked are properties", () => {
  const on = signal(true);
  const box = h("input", { type: "checkbox", checked: () => on.value });
  const field = h("input", { value: "typed" });
  on.value = false;
  expect([box.checked, field.value, field.getAttribute("value")]).toEqual([false, "typed", null]);
});

test("svg elements have their namespace", () => {
  const image = svg("svg", { viewBox: "0 0 1 1" }, svg("path", { d: "M0 0" }));
  expect(image.namespaceURI).toBe("http://www.w3.org/2000/svg");
  expect(image.firstElementChild?.namespaceURI).toBe("http://www.w3.org/2000/svg");
});

test("bindings end with their owner", () => {
  const name = signal("a");
  let runs = 0;
  const scope = owned(() => {
    effect(() => {
      runs += 1;
      name.value;
    });
    return h("p", { title: () => name.value }, () => name.value);
  });
  scope.dispose();
  name.value = "b";
  expect([scope.value.title, scope.value.textContent, runs]).toEqual(["a", "a", 1]);
});
