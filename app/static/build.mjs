// Bundles the front end: hashed names into app/static/dist, and a manifest that templates look names up in.
import { createHash } from "node:crypto";
import { build } from "esbuild";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { icons } from "./src/icons.mjs";
import { usedStyles } from "./used_styles.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");

await mkdir(dist, { recursive: true });
const result = await build({
  entryPoints: [
    ...["src/app.css", "src/app.js", "src/editor.css", "canvas/editor.js", "canvas/gestures/layout/layout_worker.js", "src/run.css", "canvas/run/run.js", "src/create.css", "canvas/create/create.js", "src/run-report.css", "canvas/run/report.js", "src/insights.css", "src/insights.js"].map((name) => join(here, name)),
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
  plugins: [usedStyles],
  loader: { ".svg": "text", ".woff": "dataurl", ".woff2": "dataurl" },
});
const manifest = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
}
const drawn = await icons();
manifest["icons.svg"] = `icons-${createHash("sha256").update(drawn).digest("hex").slice(0, 8)}.svg`;
await writeFile(join(dist, manifest["icons.svg"]), drawn);
await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest));

// A server that runs goes on with the bundle that it began with; what is a day old nobody asks for any more.
const DAY_MS = 86_400_000;
const kept = new Set(["manifest.json", manifest["icons.svg"], ...Object.keys(result.metafile.outputs).map((path) => basename(path))]);
for (const name of (await readdir(dist)).filter((name) => !kept.has(name) && !name.startsWith("."))) {
  if (Date.now() - (await stat(join(dist, name))).mtimeMs > DAY_MS) await rm(join(dist, name), { force: true });
}
