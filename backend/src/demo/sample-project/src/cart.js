// A cart and what it costs. All amounts are in cents.

const discount = { from: 100_00, percent: 10 };

/** Adds an item, or more of one that is there already; returns a new cart. */
export function add(cart, item, count = 1) {
  const others = cart.filter((line) => line.name !== item.name);
  const before = cart.find((line) => line.name === item.name)?.count ?? 0;
  return [...others, { ...item, count: before + count }];
}

/** What the cart costs, with the discount taken off. */
export function total(cart) {
  const sum = cart.reduce((cents, line) => cents + line.price * line.count, 0);
  return sum < discount.from ? sum : Math.round(sum * (1 - discount.percent / 100));
}
