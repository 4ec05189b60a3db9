// A short tour of the shop in the terminal: `npm start`.
import { login, visit } from "./auth.js";
import { add, total } from "./cart.js";
import { sessionCookie } from "./cookie.js";

const users = new Map([["ada", "engine"]]);

const session = login(users, { name: "ada", password: "engine" });
console.log(`${session.name} is in: ${sessionCookie(session)}`);

let cart = add([], { name: "teapot", price: 24_00 }, 2);
cart = add(cart, { name: "kettle", price: 59_00 });
console.log(`${cart.length} things in the cart: ${(total(cart) / 100).toFixed(2)}`);

const tenMinutes = 10 * 60 * 1000;
const isStillIn = visit(session.id, Date.now() + tenMinutes) !== null;
console.log(isStillIn ? "ten minutes later: still in" : "ten minutes later: logged out");
