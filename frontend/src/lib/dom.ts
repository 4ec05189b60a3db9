/**
 * Elements with live bindings: a prop or child that is a function follows the signals that it reads; anything
 * else is set once. Attributes are attributes (`value` and `checked` alone are properties), `onclick` is a listener.
 */
import { computed, effect, untracked } from "./signal.ts";

export type Value = string | number | boolean | null | undefined;
export type Child = Node | Value | readonly Child[] | (() => Child);

type Name =
  | "accept"
  | "action"
  | "alt"
  | "autocapitalize"
  | "autocomplete"
  | "autocorrect"
  | "autofocus"
  | "capture"
  | "checked"
  | "class"
  | "cols"
  | "colspan"
  | "cx"
  | "cy"
  | "d"
  | "datetime"
  | "dir"
  | "disabled"
  | "download"
  | "draggable"
  | "enterkeyhint"
  | "fill"
  | "for"
  | "height"
  | "hidden"
  | "href"
  | "id"
  | "inert"
  | "inputmode"
  | "lang"
  | "max"
  | "maxlength"
  | "method"
  | "min"
  | "minlength"
  | "multiple"
  | "name"
  | "novalidate"
  | "open"
  | "pattern"
  | "placeholder"
  | "points"
  | "r"
  | "readonly"
  | "rel"
  | "required"
  | "role"
  | "rows"
  | "rx"
  | "ry"
  | "scope"
  | "selected"
  | "spellcheck"
  | "src"
  | "step"
  | "stroke"
  | "stroke-linecap"
  | "stroke-linejoin"
  | "stroke-width"
  | "tabindex"
  | "target"
  | "title"
  | "transform"
  | "type"
  | "value"
  | "viewBox"
  | "width"
  | "wrap"
  | "x"
  | "x1"
  | "x2"
  | "y"
  | "y1"
  | "y2"
  | `aria-${string}`
  | `data-${string}`;

type Listeners = {
  readonly [K in keyof HTMLElementEventMap as `on${K}`]?: (event: HTMLElementEventMap[K]) => void;
};
type Attributes = { readonly [K in Name]?: Value | (() => Value) };
/** `style` holds CSS properties (also custom ones), written through CSSOM: the CSP allows no style attribute. */
type Props = Attributes &
  Listeners & { readonly style?: { readonly [property: string]: Value | (() => Value) } };

const svgNamespace = "http://www.w3.org/2000/svg";
const asProperty = new Set(["value", "checked"]);

/** Makes an HTML element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props | null = null,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return furnish(document.createElement(tag), props, children);
}

/** Makes an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props | null = null,
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return furnish(document.createElementNS(svgNamespace, tag), props, children);
}

/** A child that is there while `condition` holds; `render` runs anew only when that changes. */
export function when(
  condition: () => boolean,
  render: () => Child,
  otherwise: () => Child = () => null,
): () => Child {
  const isOn = computed(condition);
  return () => (isOn.value ? untracked(render) : untracked(otherwise));
}

/** Appends a child, live when it is a function. */
export function append(parent: Node, child: Child): void {
  if (child === null || child === undefined || typeof child === "boolean") return;
  if (typeof child === "function") return appendLive(parent, child);
  if (child instanceof Node) return void parent.appendChild(child);
  if (typeof child === "string" || typeof child === "number") {
    parent.appendChild(document.createTextNode(String(child)));
    return;
  }
  for (const each of child) append(parent, each);
}

/** The region between two empty texts belongs to the function; it is emptied and filled at each change. */
function appendLive(parent: Node, child: () => Child): void {
  const start = document.createTextNode("");
  const end = document.createTextNode("");
  parent.appendChild(start);
  parent.appendChild(end);
  let text: Text | null = null;
  effect(() => {
    const value = child();
    const isText = typeof value === "string" || typeof value === "number";
    if (isText && text !== null) {
      // What is the same must not be laid out again.
      if (text.data !== String(value)) text.data = String(value);
      return;
    }
    clearBetween(start, end);
    text = isText ? document.createTextNode(String(value)) : null;
    const content = document.createDocumentFragment();
    append(content, text ?? value);
    end.before(content);
  });
}

function clearBetween(start: ChildNode, end: ChildNode): void {
  while (start.nextSibling !== null && start.nextSibling !== end) start.nextSibling.remove();
}

function furnish<E extends HTMLElement | SVGElement>(
  element: E,
  props: Props | null,
  children: readonly Child[],
): E {
  for (const [name, value] of Object.entries(props ?? {})) setProp(element, name, value);
  for (const child of children) append(element, child);
  return element;
}

function setProp(element: HTMLElement | SVGElement, name: string, value: unknown): void {
  if (name.startsWith("on")) {
    if (typeof value === "function") listen(element, name.slice(2), value);
    return;
  }
  if (name === "style") {
    for (const [property, each] of Object.entries(value ?? {}))
      follow(each, (v) => setStyle(element, property, v));
    return;
  }
  follow(value, (v) => setAttribute(element, name, v));
}

function listen(element: Element, type: string, listener: unknown): void {
  // `Props` ties each `on…` name to a function of its own event.
  element.addEventListener(type, listener as EventListener);
}

function follow(value: unknown, apply: (value: unknown) => void): void {
  if (typeof value !== "function") return apply(value);
  effect(() => apply(value()));
}

function setStyle(element: HTMLElement | SVGElement, property: string, value: unknown): void {
  if (value === null || value === undefined || value === false) element.style.removeProperty(property);
  else element.style.setProperty(property, String(value));
}

function setAttribute(element: Element, name: string, value: unknown): void {
  if (asProperty.has(name) && name in element) return void Reflect.set(element, name, value ?? "");
  // ARIA and data states are words: `aria-expanded="false"` is not the same as none.
  const isWord =
    name.startsWith("aria-") || name.startsWith("data-") || name === "draggable" || name === "spellcheck";
  if (value === null || value === undefined || (value === false && !isWord))
    return element.removeAttribute(name);
  const text = value === true && !isWord ? "" : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

export { list } from "./list.ts";
