/** The product on a project that wishes it harm, with a model that says whatever a test wants. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { ScriptedModelEntry, ScriptedReply } from "../../backend/src/demo/scripted-model/script.ts";
import { startScriptedModel } from "../../backend/src/demo/scripted-server.ts";
import { type Product, startProduct } from "./product.ts";

export interface HostileServer {
  readonly product: Product;
  /** Absolute path of the project. */
  readonly project: string;
  /** What the model answers to a prompt; after the calls of such an answer it says “Done with that.” */
  readonly replies: Map<string, ScriptedReply>;
  close(): Promise<void>;
}

export interface HostileOptions {
  readonly branch: string;
  /** Ids of models beside the one that answers. */
  readonly models: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  /** The body of the error that the prompt “fail” gets. */
  readonly errorBody: unknown;
}

/** Starts both; the model's key is a canary. */
export async function startHostileServer(options: HostileOptions): Promise<HostileServer> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-hostile-")));
  const project = join(folder, "project");
  await mkdir(project);
  const git = (...words: string[]) => spawnSync("git", ["-C", project, ...words], { stdio: "ignore" });
  git("init", "--quiet");
  git("symbolic-ref", "HEAD", `refs/heads/${options.branch}`);
  for (const [name, text] of Object.entries(options.files)) await writeFile(join(project, name), text);
  const replies = new Map<string, ScriptedReply>();
  const entries: ScriptedModelEntry[] = ["scripted", ...options.models].map((id) => ({ id, name: id }));
  const model = await startScriptedModel({
    apiKey: modelKey,
    script: {
      models: entries,
      rules: [
        {
          name: "failing",
          when: { lastUser: /^fail$/m },
          reply: { text: "never" },
          errors: { times: Number.POSITIVE_INFINITY, status: 400, body: options.errorBody },
        },
      ],
      fallback: ({ prompt, lastResults }) => {
        if (lastResults.length > 0) return { text: "Done with that." };
        return replies.get(prompt.trim()) ?? { text: "I have nothing to say to that." };
      },
    },
  });
  const product = await startProduct({
    words: [project],
    environment: {
      VOXPILOT_MODELS_BASE_URL: model.baseUrl,
      VOXPILOT_MODELS_API_KEY: modelKey,
      VOXPILOT_MODEL: "scripted",
    },
  });
  return {
    product,
    project,
    replies,
    async close() {
      await product.stop();
      await model.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The key that the model wants, put together so that it stands nowhere as it is. */
export const modelKey = ["canary", "key", "of", "the", "model", "5d1f7a"].join("-");

/** A call of the API such as `GET /api/health`, with the page's own cookie; resolves to the answer's JSON. */
export async function callApi(page: Page, call: string, body?: unknown): Promise<unknown> {
  const [method = "GET", path = "/"] = call.split(" ");
  return await page.evaluate(
    async ([how, where, what]) => {
      const response = await fetch(String(where), {
        method: String(how),
        ...(what === null ? {} : { headers: { "content-type": "application/json" }, body: String(what) }),
      });
      const text = await response.text();
      return text === "" ? null : JSON.parse(text);
    },
    [method, path, body === undefined ? null : JSON.stringify(body)],
  );
}

/** A session in the project with one prompt; resolves to its id. */
export async function promptSession(page: Page, project: string, prompt: string): Promise<string> {
  const { id } = (await callApi(page, "POST /api/sessions", { project })) as { id: string };
  const content = [{ type: "text", text: prompt }];
  await callApi(page, `POST /api/sessions/${id}/prompts`, { id: `prompt-${id}`, content });
  return id;
}

export interface Canary {
  /** Its origin. */
  readonly address: string;
  /** Every request that came. */
  readonly requests: readonly string[];
  close(): void;
}

/** A server that writes down who comes, and serves `pages` by path. */
export async function startCanary(pages: Readonly<Record<string, string>> = {}): Promise<Canary> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.setHeader("content-type", "text/html");
    response.end(pages[request.url ?? ""] ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
