/** The editor's page: reads what the server put into it, and puts canvas and panels together. */
import { render } from "preact";
import { GESTURES } from "./gestures/index.js";
import { Editor } from "./diagram/canvas.js";
import { html } from "./panels/parts.js";
import { goTo } from "./panels/going.js";
import { Inspector } from "./panels/inspector/index.js";
import { PANEL_MODULES } from "./panels/services.js";
import { tabsOf, TOOLS } from "./panels/tabs.js";
import { parsed } from "./parsed.js";
import { Server } from "./server.js";
import { SESSION, TopBar } from "./session/index.js";
import { giveWayWhenSmall, readWhenSmall } from "./small_screen.js";
import { Strip, Sidebar } from "./panels/frame.js";
import { keepTheme } from "./theme.js";
import { setWords } from "./words.js";

/** @param {string} id @returns {HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

keepTheme(document.documentElement, window.matchMedia("(prefers-color-scheme: dark)"));
const page = JSON.parse(at("editor-data").textContent ?? "{}");
readWhenSmall(page, () => {
  editor.get("eventBus").fire("mode.changed");
  draw();
});
setWords(page.words ?? {});
await parsed;
const server = new Server(page.base, page.csrf, page.me);
const editor = new Editor(at("canvas"), {
  catalogue: { plugins: page.plugins, rules: page.rules, variable_types: page.variable_types },
  modules: [...GESTURES, ...SESSION, ...PANEL_MODULES, { page: ["value", page], server: ["value", server] }],
});
giveWayWhenSmall(editor);
const shared = { editor, server, page };
// The panels stand first: the flow is fitted into the room that they leave.
draw();
editor.open(page.draft?.tree ?? page.tree);
// The search of Ctrl-K leads to a node of a flow.
goTo(editor, new URLSearchParams(window.location.search).get("node") ?? "");
document.documentElement.dataset.ready = "editor";
Object.assign(window, { sluice: { editor } });

function draw() {
  render(html`<${TopBar} ...${shared} />`, at("top-bar"));
  render(html`<${Sidebar} ...${shared} panel=${Inspector} />`, at("inspector"));
  render(html`<${Strip} ...${shared} tabs=${tabsOf(page)} tools=${TOOLS} />`, at("strip"));
}
