// Bundles the front end: hashed names into app/static/dist, and a manifest that templates look names up in.
import { build } from "esbuild";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const result = await build({
  entryPoints: [
    ...["src/app.css", "src/app.js", "src/editor.css", "canvas/editor.js", "src/run.css", "canvas/run/run.js"].map((name) => join(here, name)),
    "elkjs/lib/elk-worker.min.js",
  ],
  outdir: dist,
  bundle: true,
  splitting: true,
  chunkNames: "part-[hash]",
  minify: true,
  metafile: true,
  entryNames: "[name]-[hash]",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
  loader: { ".svg": "text", ".woff": "dataurl", ".woff2": "dataurl" },
});
const manifest = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
}
await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest));
