/** Projects that are larger than a small window: what a task is about stands in them once, far from their beginning. */

/** Functions that say little, to fill a file. */
export function filler(count: number, from = 1): string {
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  return numbers
    .map(
      (number) => `/** Works out part ${number} of the bill for a customer of the shop. */
export function part${number}(amount, rate) {
  const taxed = amount * (1 + rate / 100);
  const rounded = Math.round(taxed * 100) / 100;
  return { part: ${number}, amount, rate, taxed: rounded };
}
`,
    )
    .join("\n");
}

const total = `/** What a cart costs in cents: free delivery from 5,000 on. */
export function total(cart) {
  const goods = cart.reduce((sum, { price, count }) => sum + price + count, 0);
  return goods > 5000 ? goods : goods + 490;
}
`;

/** 300 lines with \`total\` in the middle, which is wrong in two ways; its tests say a lot. */
export const shopWithBug: Readonly<Record<string, string>> = {
  "AGENTS.md": "# Shop\nRun the tests with `node test/run.mjs`. Prices are whole cents.\n",
  "src/cart.mjs": `${filler(25)}\n${total}\n${filler(25, 26)}`,
  "test/run.mjs": `import { part1, total } from "../src/cart.mjs";

const cases = [
  ...Array.from({ length: 150 }, (_, n) => ["part 1 of " + n, part1(n, 0).taxed, n]),
  ["one thing, twice", total([{ price: 1000, count: 2 }]), 2490],
  ["exactly 5,000 cents are delivered free", total([{ price: 2500, count: 2 }]), 5000],
  ...Array.from({ length: 100 }, (_, n) => ["part 1 of " + (n + 200), part1(n + 200, 0).taxed, n + 200]),
];
let failed = 0;
for (const [index, [name, actual, expected]] of cases.entries()) {
  const isRight = actual === expected;
  if (!isRight) failed += 1;
  console.log((isRight ? "ok " : "not ok ") + (index + 1) + " - " + name);
  if (!isRight) console.log("  expected " + expected + ", got " + actual);
}
console.log("# tests " + cases.length + ", failed " + failed);
process.exitCode = failed === 0 ? 0 : 1;
`,
};

/** Pages that each have a copy of the same function; \`node check.mjs\` says whether they all work. */
export const copies = ["home", "cart", "order", "bill", "stock"] as const;
export const shopWithCopies: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    copies.map((name, index) => [
      `src/${name}.mjs`,
      `${filler(16, index * 100 + 1)}
function money(cents) {
  return (cents / 100).toFixed(2) + " EUR";
}

export function ${name}Line(cents) {
  return "${name}: " + money(cents);
}
`,
    ]),
  ),
  "check.mjs": `import { existsSync, readFileSync } from "node:fs";
const names = ${JSON.stringify(copies)};
if (!existsSync("src/money.mjs")) throw new Error("src/money.mjs is missing");
for (const name of names) {
  const line = (await import("./src/" + name + ".mjs"))[name + "Line"](1250);
  if (line !== name + ": 12.50 EUR") throw new Error(name + " says " + line);
  if (/function money/.test(readFileSync("src/" + name + ".mjs", "utf8"))) throw new Error(name + " has its own money");
}
console.log("all " + names.length + " pages use one money");
`,
};

/** Thirty callers of one function. */
export const shopWithCallers: Readonly<Record<string, string>> = {
  "src/users.mjs": 'export function fetchUser(id) {\n  return { id, name: "user " + id };\n}\n',
  ...Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [
      `src/callers/caller-${String(index + 1).padStart(2, "0")}.mjs`,
      `import { fetchUser } from "../users.mjs";

${filler(3, index * 10)}
/** The name of a user, for page ${index + 1}. */
export function name${index + 1}(id) {
  return fetchUser(id).name;
}
`,
    ]),
  ),
  "check.mjs": `import { readdirSync } from "node:fs";
const files = readdirSync("src/callers");
for (const file of files) {
  const module = await import("./src/callers/" + file);
  const name = Object.keys(module).find((one) => one.startsWith("name"));
  if (module[name](7) !== "user 7") throw new Error(file);
}
console.log("all " + files.length + " callers work");
`,
};

/** Forty services, five of which wait longer than a second. */
export const slowServices: readonly number[] = [3, 11, 19, 28, 40];
export const shopWithServices: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [
    `services/service-${String(index + 1).padStart(2, "0")}.mjs`,
    `${filler(8, index * 10)}
export const timeoutMs = ${slowServices.includes(index + 1) ? 5000 : 300};
`,
  ]),
);
