import assert from "node:assert/strict";
import { test } from "node:test";
import { add, total } from "../src/cart.js";

const teapot = { name: "teapot", price: 24_00 };

test("the same thing twice is one line", () => {
  assert.deepEqual(add(add([], teapot), teapot), [{ ...teapot, count: 2 }]);
});

test("from 100.00 on there is 10 % off", () => {
  assert.equal(total(add([], teapot, 4)), 96_00);
  assert.equal(total(add([], teapot, 5)), 108_00);
});
