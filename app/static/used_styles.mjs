// Of Tabler's styles only those that something of ours can use: whose words stand in a template, a script or a page's module.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";

const app = join(dirname(fileURLToPath(import.meta.url)), "..");
const TEXTS = ["templates/**/*.html", "web/**/*.py", "static/src/**/*.js", "static/canvas/**/*.js"].map((pattern) => join(app, pattern));
/** Names that no text spells out, for they are made of a category. */
const MADE_UP = [/^alert-/];
/** Attributes that browsers and scripts set. */
const SET_BY_SCRIPTS = ["data-bs-theme", "aria-expanded", "aria-selected", "aria-current", "aria-disabled", "disabled", "readonly", "open", "hidden"];

/** @type {import("esbuild").Plugin} */
export const usedStyles = {
  name: "used-styles",
  setup({ onLoad }) {
    onLoad({ filter: /tabler(\.min)?\.css$/ }, async ({ path }) => {
      const raw = await readFile(path, "utf8");
      const [{ css }] = await new PurgeCSS().purge({ content: TEXTS, css: [{ raw }], safelist: MADE_UP, dynamicAttributes: SET_BY_SCRIPTS, keyframes: true });
      return { contents: css, loader: "css", resolveDir: dirname(path) };
    });
  },
};
