/** What endpoints answer in place of a stream, named for the provider, each with what it means. */
import type { LearnedFact } from "../../../src/models/dialect.ts";

export interface ErrorShape {
  readonly name: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON unless it is a text. */
  readonly body: unknown;
  /** A problem's code, with `!` when it may be retried. */
  readonly end: string;
  /** What a person is shown; absent: not looked at. */
  readonly detail?: string;
  readonly retryAfterMs?: number;
  /** The wait is for a person to know of. */
  readonly mustWait?: true;
  readonly limitTokens?: number;
  readonly learned?: readonly LearnedFact[];
}

const said = (message: string, more: object = {}) => ({ error: { message, ...more } });

export const errorShapes: readonly ErrorShape[] = [
  {
    name: "GitHub Models: retired",
    status: 410,
    body: said("GitHub Models is temporarily unavailable as part of a scheduled retirement brownout.", {
      code: "github_models_retirement_brownout",
    }),
    end: "model_gone",
  },
  {
    name: "GitHub Models: a request above the size of its tier",
    status: 413,
    body: said("Request body too large for m model. Max size: 8000 tokens.", {
      code: "tokens_limit_reached",
    }),
    limitTokens: 8_000,
    learned: [{ inputLimit: 8_000 }],
    end: "model_context_overflow",
  },
  {
    name: "GitHub Models: the limit of the day",
    status: 429,
    headers: {
      "retry-after": "52220",
      "x-ratelimit-timeremaining": "52220",
      "x-ratelimit-type": "UserByModelByDay",
    },
    body: said(
      "Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 52220 seconds before retrying.",
      {
        code: "RateLimitReached",
      },
    ),
    mustWait: true,
    end: "model_rate_limit",
  },
  {
    name: "GitHub Models: a token without the right",
    status: 401,
    body: said("The `models` permission is required to access this endpoint", { code: "unauthorized" }),
    end: "model_auth",
  },
  {
    name: "GitHub Models: a model that is not there",
    status: 400,
    body: said("Unknown model: m", { code: "unknown_model" }),
    end: "model_not_found",
  },
  {
    name: "Azure: its filter refuses the question",
    status: 400,
    body: said(
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      {
        code: "content_filter",
        innererror: { code: "ResponsibleAIPolicyViolation" },
      },
    ),
    end: "model_content_filter",
  },
  {
    name: "Azure: a wait in milliseconds",
    status: 429,
    headers: { "retry-after-ms": "1500", "retry-after": "2" },
    body: said("Requests have exceeded the call rate limit.", { code: "429" }),
    retryAfterMs: 1_500,
    end: "model_rate_limit!",
  },
  {
    name: "OpenAI: no money left",
    status: 429,
    body: said("You exceeded your current quota, please check your plan and billing details.", {
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
    end: "model_quota",
  },
  {
    name: "OpenAI: a request above the tokens of a minute",
    status: 429,
    headers: { "retry-after": "6" },
    body: said("Request too large for m on tokens per min (TPM): Limit 30000, Requested 35000.", {
      type: "tokens",
      code: "rate_limit_exceeded",
    }),
    limitTokens: 30_000,
    learned: [{ inputLimit: 30_000 }, { countsOutput: true }],
    end: "model_context_overflow",
  },
  {
    name: "OpenAI: too fast, and waiting helps",
    status: 429,
    body: said(
      "Rate limit reached for m on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.",
      {
        code: "rate_limit_exceeded",
      },
    ),
    retryAfterMs: 2_000,
    end: "model_rate_limit!",
  },
  {
    name: "OpenAI: messages and answer together pass the window",
    status: 400,
    body: said(
      "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (4000 in the messages, 5000 in the completion).",
      { type: "invalid_request_error", param: "messages", code: "context_length_exceeded" },
    ),
    limitTokens: 8_192,
    learned: [{ contextWindow: 8_192 }, { countsOutput: true }],
    end: "model_context_overflow",
  },
  {
    name: "OpenAI: the input alone passes its limit",
    status: 400,
    body: said(
      "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.",
      {
        code: "context_length_exceeded",
      },
    ),
    limitTokens: 272_000,
    learned: [{ inputLimit: 272_000 }],
    end: "model_context_overflow",
  },
  {
    name: "OpenAI: it says that asking again is useless",
    status: 500,
    headers: { "x-should-retry": "false" },
    body: said("The server had an error"),
    end: "model_unavailable",
  },
  {
    name: "OpenAI: a wrong key",
    status: 401,
    body: said("Incorrect API key provided", { code: "invalid_api_key" }),
    end: "model_auth",
  },
  {
    name: "OpenAI: a parameter that it does not name in its words",
    status: 400,
    body: said("Unsupported parameter", { param: "top_k" }),
    detail: "Unsupported parameter (top_k)",
    end: "model_invalid_request",
  },
  {
    name: "OpenRouter: no credits",
    status: 402,
    body: said("This request requires more credits, or fewer max_tokens.", { code: 402 }),
    end: "model_quota",
  },
  {
    name: "OpenRouter: what its provider said",
    status: 400,
    body: said("Provider returned error", {
      code: 400,
      metadata: { raw: "temperature is not supported", provider_name: "X" },
    }),
    detail: "Provider returned error: temperature is not supported",
    end: "model_invalid_request",
  },
  {
    name: "OpenRouter: what its provider said, as JSON",
    status: 400,
    body: said("Provider returned error", {
      metadata: { raw: { error: { message: "This model's maximum context length is 32768 tokens" } } },
    }),
    limitTokens: 32_768,
    learned: [{ contextWindow: 32_768 }],
    end: "model_context_overflow",
  },
  {
    name: "OpenRouter: it took too long",
    status: 408,
    body: said("Request timed out", { code: 408 }),
    end: "model_timeout!",
  },
  {
    name: "OpenRouter: its provider is down",
    status: 502,
    body: said("Bad gateway", { code: 502 }),
    end: "model_unavailable!",
  },
  {
    name: "OpenRouter: nobody to serve it now",
    status: 503,
    headers: { "retry-after": "3" },
    body: said("No instances available", { code: 503 }),
    retryAfterMs: 3_000,
    end: "model_unavailable!",
  },
  {
    name: "OpenRouter: nobody who takes tools",
    status: 404,
    body: said("No endpoints found that support tool use.", { code: 404 }),
    end: "model_not_found",
  },
  {
    name: "Gemini: an error in a list, with a wait",
    status: 429,
    body: [
      {
        error: {
          code: 429,
          message: "You exceeded your current quota, please check your plan.",
          status: "RESOURCE_EXHAUSTED",
          details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "38s" }],
        },
      },
    ],
    retryAfterMs: 38_000,
    end: "model_rate_limit!",
  },
  {
    name: "Gemini: too much of a question",
    status: 400,
    body: [
      said("The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).", {
        code: 400,
      }),
    ],
    limitTokens: 1_048_575,
    learned: [{ inputLimit: 1_048_575 }],
    end: "model_context_overflow",
  },
  {
    name: "Gemini: a wrong key",
    status: 400,
    body: [
      said("API key not valid. Please pass a valid API key.", { code: 400, status: "INVALID_ARGUMENT" }),
    ],
    end: "model_auth",
  },
  {
    name: "Anthropic: overloaded",
    status: 529,
    body: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    end: "model_unavailable!",
  },
  {
    name: "Anthropic: a prompt above the window",
    status: 400,
    body: said("prompt is too long: 213,462 tokens > 200,000 maximum", { type: "invalid_request_error" }),
    limitTokens: 200_000,
    learned: [{ contextWindow: 200_000 }],
    end: "model_context_overflow",
  },
  {
    name: "Anthropic: a request above its size in bytes",
    status: 413,
    body: said("Request exceeds the maximum size", { type: "request_too_large" }),
    end: "model_context_overflow",
  },
  {
    name: "Ollama: a model that is not pulled",
    status: 404,
    body: said('model "m" not found, try pulling it first', { type: "api_error" }),
    end: "model_not_found",
  },
  {
    name: "Ollama: an error as text",
    status: 500,
    body: { error: "llama runner process has terminated" },
    detail: "llama runner process has terminated",
    end: "model_unavailable!",
  },
  {
    name: "llama.cpp: it is still loading",
    status: 503,
    body: said("Loading model", { type: "unavailable_error", code: 503 }),
    end: "model_unavailable!",
  },
  {
    name: "llama.cpp: its window in a field",
    status: 400,
    body: said("the request exceeds the available context size, try increasing it", {
      code: 400,
      type: "exceed_context_size_error",
      n_prompt_tokens: 11_000,
      n_ctx: 8_192,
    }),
    limitTokens: 8_192,
    learned: [{ contextWindow: 8_192 }],
    end: "model_context_overflow",
  },
  {
    name: "LM Studio: an overflow as text",
    status: 400,
    body: {
      error:
        "The number of tokens to keep from the initial prompt is greater than the context length (4096).",
    },
    limitTokens: 4_096,
    learned: [{ contextWindow: 4_096 }],
    end: "model_context_overflow",
  },
  {
    name: "vLLM: broken JSON in the conversation",
    status: 400,
    body: {
      object: "error",
      message: "Unterminated string starting at: line 1 column 10",
      type: "BadRequestError",
      code: 400,
    },
    end: "model_invalid_request",
  },
  {
    name: "vLLM: a field that is not known, in FastAPI's words",
    status: 422,
    body: {
      detail: [{ loc: ["body", "top_k"], msg: "Extra inputs are not permitted", type: "extra_forbidden" }],
    },
    detail: "top_k: Extra inputs are not permitted",
    end: "model_invalid_request",
  },
  {
    name: "Groq: a request above the tokens of a minute, where waiting is useless",
    status: 413,
    headers: { "retry-after": "7" },
    body: said(
      "Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 14368, please reduce your message size and try again.",
      { type: "tokens", code: "rate_limit_exceeded" },
    ),
    limitTokens: 6_000,
    learned: [{ inputLimit: 6_000 }, { countsOutput: true }],
    end: "model_context_overflow",
  },
  {
    name: "Groq: the tokens of the day",
    status: 429,
    body: said(
      "Rate limit reached for model `m` on tokens per day (TPD): Limit 100000, Used 99900, Requested 2423. Please try again in 33m57.312s.",
      {
        code: "rate_limit_exceeded",
      },
    ),
    mustWait: true,
    end: "model_rate_limit",
  },
  {
    name: "Groq: no room in its flexible tier",
    status: 498,
    body: said("capacity exceeded"),
    end: "model_unavailable!",
  },
  {
    name: "Groq: a call that it could not read",
    status: 400,
    body: said("Failed to call a function.", { code: "tool_use_failed", failed_generation: "<function" }),
    end: "model_invalid_response!",
  },
  {
    name: "DeepSeek: no money left",
    status: 402,
    body: said("Insufficient Balance", { type: "unknown_error" }),
    end: "model_quota",
  },
  {
    name: "DeepSeek: an error that is served as bytes",
    status: 400,
    headers: { "content-type": "application/octet-stream" },
    body: said("This model's maximum context length is 131072 tokens. However, you requested 140000 tokens."),
    limitTokens: 131_072,
    learned: [{ contextWindow: 131_072 }],
    end: "model_context_overflow",
  },
  {
    name: "Mistral: a flat error",
    status: 429,
    body: { object: "error", message: "Requests rate limit exceeded", type: "rate_limited", code: "1300" },
    end: "model_rate_limit!",
  },
  {
    name: "Mistral: too large for the model",
    status: 400,
    body: {
      object: "error",
      message:
        "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
    },
    limitTokens: 32_768,
    learned: [{ contextWindow: 32_768 }],
    end: "model_context_overflow",
  },
  {
    name: "Mistral: no key",
    status: 401,
    body: { detail: "Unauthorized" },
    detail: "Unauthorized",
    end: "model_auth",
  },
  {
    name: "xAI: a prompt above its limit",
    status: 400,
    body: {
      code: "Client specified an invalid argument",
      error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    },
    limitTokens: 131_072,
    learned: [{ inputLimit: 131_072 }],
    end: "model_context_overflow",
  },
  {
    name: "xAI: not allowed",
    status: 403,
    body: { code: "forbidden", error: "The team has no access" },
    end: "model_auth",
  },
  {
    name: "Moonshot: its engine is overloaded",
    status: 429,
    body: said("The engine is currently overloaded, please try again later", {
      type: "engine_overloaded_error",
    }),
    end: "model_rate_limit!",
  },
  {
    name: "Z.ai: the plan's limit",
    status: 429,
    body: said("Usage limit reached for 5 hour.", { code: "1308" }),
    end: "model_quota",
  },
  {
    name: "Z.ai: a prompt above the window",
    status: 400,
    body: said("Prompt too long", { code: "1261" }),
    end: "model_context_overflow",
  },
  {
    name: "Together: input above the window",
    status: 400,
    body: said("The input (9000 tokens) is longer than the model's context length (8192 tokens)."),
    limitTokens: 8_192,
    learned: [{ contextWindow: 8_192 }],
    end: "model_context_overflow",
  },
  {
    name: "Fireworks: prompt and answer pass the window",
    status: 400,
    body: said("The prompt is too long: 40000, model maximum context length: 32768", {
      code: "invalid_request_error",
    }),
    limitTokens: 32_768,
    learned: [{ contextWindow: 32_768 }],
    end: "model_context_overflow",
  },
  { name: "Cerebras: too large, without a word", status: 413, body: "", end: "model_context_overflow" },
  {
    name: "Cerebras: the queue is full",
    status: 429,
    body: {
      message: "We're experiencing high traffic right now!",
      type: "too_many_requests_error",
      code: "queue_exceeded",
    },
    end: "model_rate_limit!",
  },
  {
    name: "LiteLLM: the window, found before asking",
    status: 400,
    body: said(
      "litellm.ContextWindowExceededError: Requested token count exceeds the model's maximum context length of 131072 tokens",
    ),
    limitTokens: 131_072,
    learned: [{ contextWindow: 131_072 }],
    end: "model_context_overflow",
  },
  {
    name: "Cloudflare: a list of errors",
    status: 400,
    body: { success: false, errors: [{ code: 5007, message: "No such model m" }] },
    end: "model_not_found",
  },
  {
    name: "any gateway: a page of its own with 502",
    status: 502,
    body: "<html><h1>502 Bad Gateway</h1></html>",
    detail: "HTTP 502",
    end: "model_unavailable!",
  },
  {
    name: "any gateway: 504 with nothing",
    status: 504,
    body: "",
    detail: "HTTP 504",
    end: "model_unavailable!",
  },
  {
    name: "any gateway: plain words",
    status: 500,
    body: "upstream error\n",
    detail: "upstream error",
    end: "model_unavailable!",
  },
  {
    name: "any gateway: MDL-06: a date to come again at",
    status: 503,
    headers: { "retry-after": "Thu, 01 Jan 1970 00:00:20 GMT" },
    body: "",
    retryAfterMs: 0,
    end: "model_unavailable!",
  },
  {
    name: "any gateway: MDL-06: an absurd wait",
    status: 429,
    headers: { "retry-after": "99999999999999999999" },
    body: "",
    mustWait: true,
    end: "model_rate_limit",
  },
  {
    name: "any gateway: MDL-06: a wait that lies in the past",
    status: 429,
    headers: { "retry-after": "-5" },
    body: "",
    end: "model_rate_limit!",
  },
  {
    name: "any gateway: MDL-06: a wait that is no number",
    status: 529,
    headers: { "retry-after": "soon" },
    body: "",
    end: "model_unavailable!",
  },
  {
    name: "any gateway: an error that is nested without end",
    status: 400,
    body: `{"error":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
    detail: "HTTP 400",
    end: "model_invalid_request",
  },
  {
    name: "any gateway: a body of a megabyte",
    status: 500,
    body: "x".repeat(1_000_000),
    end: "model_unavailable!",
  },
];
