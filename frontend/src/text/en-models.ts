/** Every sentence about models and where they come from. The server sends codes and data; the words are here. */
import { counted } from "./counts.ts";

type Outcome =
  | "works"
  | "unknown_host"
  | "refused"
  | "bad_port"
  | "unreachable"
  | "tls"
  | "timeout"
  | "key_missing"
  | "key_refused"
  | "forbidden"
  | "sign_in_needed"
  | "version_missing"
  | "wrong_path"
  | "redirect"
  | "not_an_endpoint"
  | "gone"
  | "no_models"
  | "model_missing"
  | "no_tools"
  | "not_streaming"
  | "quota"
  | "rate_limit"
  | "failed";

export const providers = {
  loading: "Loading the providers",
  none: "No provider is set up.",
  add: "Add a provider",
  addTitle: "Which one?",
  search: "Search providers",
  custom: "Another one",
  customLine: "Any address that speaks OpenAI’s chat completions",
  ownMachine: "On your own machine",
  retired: (day: string) => `ended on ${day}`,
  ownAddress: "your own address",
  models: (count: number) => counted(count, "model"),
  name: "Name",
  address: "Address",
  addressHint: "Up to where /chat/completions begins, often /v1.",
  key: "Key",
  keyKept: "Kept. Write another to replace it.",
  keyNeeded: "From the provider’s page",
  keyOptional: "None is needed",
  keyAgain: "With another address the key must be given again.",
  removeKey: "Remove the key",
  ownModels: "Models that its list leaves out",
  ownModelsHint: "One a line, as the provider writes them.",
  more: "More",
  fields: { headers: "Headers with every request", query: "Query with every request" },
  fieldNames: { headers: "Header", query: "Name" },
  fieldValue: (name: string) => (name === "" ? "Value" : `Value of ${name}`),
  fieldValuePlace: "Value",
  secret: "Secret: kept like a key, never shown again",
  addField: { headers: "Add a header", query: "Add to the query" },
  removeField: (name: string) => (name === "" ? "Remove" : `Remove ${name}`),
  needsValue: (name: string) => `Give ${name} a value, or remove it.`,
  save: "Save and test",
  saving: "Saving",
  done: "Done",
  test: "Test connection",
  testing: "Trying it",
  removeNamed: (name: string) => `Remove ${name}`,
  removeHint: (name: string) => `${name} and its key go from this machine. Sessions stay.`,
  removing: "Removing",
  useAddress: (address: string) => `Use ${address}`,
  needsName: "Give it a name.",
  needsAddress: "Write an address that begins with https:// or http://.",
  facts: { address: "Address", key: "Key", source: "Set by" },
  keyPlaces: {
    none: "none",
    missing: "no key yet",
    stored: "key kept",
    environment: (variable: string) => `key from ${variable}`,
    github: "key of whoever is signed in with GitHub",
  },
  sources: {
    configured: "VOXPILOT_MODELS_BASE_URL, where the server starts",
    environment: (variable: string) => `${variable}, where the server starts`,
    settings: "this page",
    found: "found on the machine",
    demo: "the demo",
  },
  fixed: "To change this, change the variable and start the server again.",
  gitHubEnded: (day: string) =>
    `GitHub ended this service on ${day}: every request is answered with 410. It stays here for what still speaks its language.`,
  defaultModel: "New sessions get",
  defaultFirst: "the first model to be had",
  defaultClear: "Forget the choice",
  data: (date: string, source: string, license: string) =>
    `Prices and windows that no provider tells are of ${date}, from ${source} (${license}).`,
} as const;

interface Result {
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly model: string | null;
  readonly models: number | null;
}

const outcomes: Readonly<Record<Exclude<Outcome, "works">, (result: Result) => string>> = {
  unknown_host: () => "There is no machine of that name.",
  refused: () => "The machine is there, but nothing listens on that port. Does the server run?",
  bad_port: () =>
    "That port is kept for something else, so nothing may ask there. Let the server listen on another.",
  unreachable: () => "The machine cannot be reached.",
  tls: () => "There is no secure connection: the certificate is not accepted.",
  timeout: () => "It took too long to answer.",
  key_missing: () => "It needs a key, and has none yet.",
  key_refused: ({ status }) => `It refuses the key${ofStatus(status)}.`,
  forbidden: ({ status }) => `The key is known, but may not do this${ofStatus(status)}.`,
  sign_in_needed: () => "Sign in with GitHub first: its key is yours.",
  version_missing: () => "This address needs its version: put ?api-version=… behind it, as Azure shows it.",
  wrong_path: ({ status }) => `The server answers, but not under this path${ofStatus(status)}.`,
  redirect: ({ status }) => `It sends elsewhere${ofStatus(status)}. Use the address that it names.`,
  not_an_endpoint: () => "What answers there is a web page, not a model endpoint.",
  gone: ({ status }) => `The service has ended${ofStatus(status)}.`,
  no_models: () => "It answers, and has no model. Load one there, or name one here.",
  model_missing: ({ model }) => `It does not have the model ${model ?? ""}.`,
  no_tools: ({ model }) => `${model ?? "The model"} cannot call tools, which an agent needs. Choose another.`,
  not_streaming: ({ model }) => `${model ?? "It"} answers, but not in a stream.`,
  quota: ({ status }) => `The account’s quota is used up${ofStatus(status)}.`,
  rate_limit: ({ status }) => `It allows no more requests now${ofStatus(status)}. The key is good.`,
  failed: ({ status }) => `It did not accept the request${ofStatus(status)}.`,
};

/** What came of a test, in a sentence or two; `seconds` is how long the first word took. */
export function connectionText(result: Result, seconds: string | null): string {
  if (result.outcome !== "works") return outcomes[result.outcome](result);
  const listed =
    result.models === null ? "It gives no list of models." : `${counted(result.models, "model")} listed.`;
  return `Works: ${result.model ?? "the model"} answered after ${seconds ?? "a moment"}. ${listed}`;
}

function ofStatus(status: number | null): string {
  return status === null ? "" : ` (${status})`;
}

/** What a row of the picker says of a model. */
export const modelFacts = {
  window: (size: string) => size,
  unknownWindow: "window unknown",
  price: (input: string, output: string) => `${input} in, ${output} out per million`,
  free: "free",
  unknownPrice: "price unknown",
  noTools: "cannot call tools",
  retired: "retired",
} as const;
