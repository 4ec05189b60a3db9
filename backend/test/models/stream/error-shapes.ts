/** What endpoints answer in place of a stream, named for the provider, each with what it means. */
import { type ErrorShape, said } from "./error-shape.ts";
import { furtherErrorShapes } from "./further-error-shapes.ts";

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
  ...furtherErrorShapes,
];
