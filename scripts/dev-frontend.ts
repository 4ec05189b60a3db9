/** `npm run dev-frontend`: rebuilds the page whenever a source changes, uncompressed. */
import { context, type Plugin } from "esbuild";
import { bundleWorker, emptyPageOutput, pageOptions, writePage } from "./build-frontend.ts";

const finishPage: Plugin = {
  name: "finish-page",
  setup(build) {
    build.onEnd(async ({ metafile, errors }) => {
      if (errors.length > 0 || !metafile) return;
      await writePage(metafile);
      await bundleWorker(metafile);
      console.log(`${new Date().toLocaleTimeString()} built the page`);
    });
  },
};

await emptyPageOutput();
const watcher = await context({
  ...pageOptions,
  minify: false,
  sourcemap: "inline",
  logLevel: "warning",
  plugins: [finishPage],
});
await watcher.watch();
