/** R1 to R12: the messages of a request, as endpoints want them. */
import { expect, test } from "vitest";
import type { ModelMessage } from "../../../src/agent/model.ts";
import {
  asks,
  picture,
  read,
  result,
  type Shaping,
  sent,
  sentAsk,
  sentCall,
  sentPicture,
  sentResult,
  user,
} from "./request-shaping.ts";

test("R1: each call is answered once and before anything else, also where its result is missing or late", () => {
  expect(sent([user, asks("a", "b"), result("b"), user, result("a", "late")])).toEqual([
    user,
    sentAsk("a", "b"),
    sentResult("a", "late"),
    sentResult("b"),
    user,
  ]);
  expect(sent([user, asks("a"), user])).toEqual([
    user,
    sentAsk("a"),
    sentResult("a", "No result provided."),
    user,
  ]);
});

test("R1: a result goes to the nearest answer that has its id", () => {
  expect(
    sent([asks("a"), result("a", "1"), asks("a"), result("a", "2")]).map(({ content }) => content),
  ).toEqual([null, "1", null, "2"]);
});

test("R2: a result of no call is dropped, and so is a second one", () => {
  expect(sent([result("x"), user, asks("a"), result("a"), result("a", "again"), result("y")])).toEqual([
    user,
    sentAsk("a"),
    sentResult("a"),
  ]);
});

test("R3: an answer that broke off goes without the calls that never ran, and what it said stays", () => {
  const broken: ModelMessage = { role: "assistant", content: "I will", calls: [] };
  expect(sent([user, broken, user])).toEqual([user, { role: "assistant", content: "I will" }, user]);
});

test("R4: an answer with neither text nor calls is left out, and so is an empty question", () => {
  const nothing: ModelMessage = { role: "assistant", content: "", calls: [] };
  expect(sent([user, nothing, { role: "user", content: "" }])).toEqual([user]);
});

test("R5: text alone is a plain text, and never a list of parts", () => {
  expect(sent([user, { role: "assistant", content: "A", calls: [] }]).map(({ content }) => content)).toEqual([
    "Hi",
    "A",
  ]);
});

test("R6: content is null only beside calls, and an empty text where null is not taken", () => {
  const speaks: ModelMessage = { role: "assistant", content: "Look.", calls: [read("a")] };
  const contents = (shaping?: Shaping) =>
    sent([asks("a"), result("a"), speaks, result("a")], shaping).map(({ content }) => content);
  expect(contents()).toEqual([null, "R", "Look.", "R"]);
  expect(contents({ flags: { emptyContent: "text" } })).toEqual(["", "R", "Look.", "R"]);
  expect(contents({ lessons: ["no_null_content"] })).toEqual(["", "R", "Look.", "R"]);
});

test.each<[written: string, sent: string]>([
  ['{ "path" : "a" }', '{ "path" : "a" }'],
  ["", "{}"],
  ['{"path":"a', "{}"],
  ['["a"]', "{}"],
  ["null", "{}"],
  ['"text"', "{}"],
  ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
  [`{"x":"\\u0000","y":${"[".repeat(9_999)}${"]".repeat(9_999)}}`, "{}"],
])("R7: arguments %.40j are sent as %.40j", (written, expected) => {
  const messages: ModelMessage[] = [
    { role: "assistant", content: "", calls: [read("a", written)] },
    result("a"),
  ];
  expect(sent(messages)[0]).toEqual({ ...sentAsk(), tool_calls: [sentCall("a", expected)] });
});

const idsOf = (messages: readonly ModelMessage[], shaping?: Shaping) =>
  sent(messages, shaping).flatMap((message) =>
    message.role === "tool"
      ? [message.tool_call_id]
      : message.role === "assistant"
        ? (message.tool_calls ?? []).map(({ id }) => id)
        : [],
  );

test("R8: ids that an endpoint would refuse are changed in call and result alike, the same way each time", () => {
  const long = "x".repeat(41);
  const messages = [asks("", long, "a|b", "ok-1"), result(""), result(long), result("a|b"), result("ok-1")];
  const ids = idsOf(messages);
  expect(ids.slice(0, 4)).toEqual(ids.slice(4));
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
  expect(ids[3]).toBe("ok-1");
  expect(idsOf(messages)).toEqual(ids);
});

test("R8: one id for several calls becomes several, each with its own result", () => {
  const messages = [asks("c", "c"), result("c", "1"), result("c", "2"), asks("c"), result("c", "3")];
  const [first, second, third] = [...new Set(idsOf(messages))];
  expect(sent(messages).filter(({ role }) => role === "tool")).toEqual([
    sentResult(first ?? "", "1"),
    sentResult(second ?? "", "2"),
    sentResult(third ?? "", "3"),
  ]);
});

test("R8: Mistral gets nine letters and digits", () => {
  const ids = idsOf([asks("call_1", "abcDEF123"), result("call_1"), result("abcDEF123")], {
    at: "https://api.mistral.ai/v1",
  });
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
  expect(ids[1]).toBe("abcDEF123");
});

test("R9: for Mistral an answer stands between a result and the next question", () => {
  const roles = (at: string) => sent([asks("a"), result("a"), user], { at }).map(({ role }) => role);
  expect(roles("https://api.mistral.ai/v1")).toEqual(["assistant", "tool", "assistant", "user"]);
  expect(roles("https://api.openai.com/v1")).toEqual(["assistant", "tool", "user"]);
});

test("R10: pictures of results follow in one user message behind all results of the answer", () => {
  const shown: ModelMessage = { role: "tool", callId: "a", content: "A picture.", images: [picture] };
  const also: ModelMessage = { role: "tool", callId: "b", content: "", images: [picture] };
  const pictures = [{ type: "text", text: "Pictures of the results above:" }, sentPicture, sentPicture];
  const results = [
    sentAsk("a", "b"),
    sentResult("a", "A picture.\n(The picture follows in the next user message.)"),
    sentResult("b", "(The picture follows in the next user message.)"),
  ];
  expect(sent([asks("a", "b"), shown, also])).toEqual([...results, { role: "user", content: pictures }]);
  expect(sent([asks("a", "b"), shown, also, user, asks("c"), result("c")])).toEqual([
    ...results,
    { role: "user", content: [...pictures, { type: "text", text: "Hi" }] },
    sentAsk("c"),
    sentResult("c"),
  ]);
});

test("R10: a person's pictures go beside the words, as data URLs", () => {
  expect(sent([{ role: "user", content: "What is it?", images: [picture] }])).toEqual([
    { role: "user", content: [{ type: "text", text: "What is it?" }, sentPicture] },
  ]);
});

test("R11: a model that takes no pictures is told in words that one was there", () => {
  const messages: ModelMessage[] = [
    { role: "user", content: "See", images: [picture, picture] },
    asks("a"),
    { role: "tool", callId: "a", content: "Shot.", images: [picture] },
  ];
  const expected = [
    { role: "user", content: "See\n\n(2 pictures were left out: this model takes no pictures.)" },
    sentAsk("a"),
    sentResult("a", "Shot.\n(A picture was left out: this model takes no pictures.)"),
  ];
  expect(sent(messages, { takesImages: false })).toEqual(expected);
  expect(sent(messages, { lessons: ["no_images"] })).toEqual(expected);
});

test("R12: the system prompt comes first and once", () => {
  expect(sent([user, { role: "system", content: "A" }, user, { role: "system", content: "B" }])).toEqual([
    { role: "system", content: "A\n\nB" },
    user,
    user,
  ]);
});

test.each<[at: string, thinks: boolean, role: string]>([
  ["https://api.openai.com/v1", true, "developer"],
  ["https://api.openai.com/v1", false, "system"],
  ["https://mine.openai.azure.com/openai/v1", true, "developer"],
  ["https://openrouter.ai/api/v1", true, "system"],
  ["http://127.0.0.1:11434/v1", true, "system"],
])("R12: at %s, thinking %s, it is sent as %s", (at, thinks, role) => {
  expect(sent([{ role: "system", content: "S" }, user], { at, thinks })[0]).toEqual({ role, content: "S" });
});

test("R12: an endpoint that refused the developer's role gets the system's", () => {
  const shaping = { at: "https://api.openai.com/v1", thinks: true, lessons: ["no_developer_role"] } as const;
  expect(sent([{ role: "system", content: "S" }], shaping)).toEqual([{ role: "system", content: "S" }]);
});
