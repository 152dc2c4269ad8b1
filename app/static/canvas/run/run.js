/** The run page: the flow as it goes on, its header, the drawer of a node, and below the timeline, nodes and journal. */
import { render } from "preact";
import { Viewer } from "../diagram/canvas.js";
import { html } from "../panels/parts.js";
import { parsed } from "../parsed.js";
import { keepTheme } from "../theme.js";
import { setWords, t } from "../words.js";
import { Breadcrumbs } from "./breadcrumbs.js";
import { Question } from "./asking.js";
import { Drawer } from "./drawer.js";
import { Head } from "./head.js";
import { listenToKeys } from "./keys.js";
import { Over } from "./over.js";
import { fit } from "./fitting.js";
import { Run } from "./page.js";
import { keepAddress } from "./sharing.js";
import { STATES } from "./states.js";
import { Below } from "./below.js";

/** @param {string} id @returns {HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

keepTheme(document.documentElement, window.matchMedia("(prefers-color-scheme: dark)"));
const data = JSON.parse(at("run-data").textContent ?? "{}");
setWords(data.words ?? {});
await parsed;
const run = new Run(data);
const viewer = new Viewer(at("flow"), { catalogue: { plugins: data.plugins }, modules: STATES, label: t("The flow of {name}, with the state of each node", { name: data.task.name }) });
/** @type {any} */
let shown = null;

/** Show the flow that is open, and how its nodes stand. */
function draw() {
  if (shown !== run.tree) {
    shown = run.tree;
    viewer.open(run.tree);
    fit(/** @type {any} */ (viewer.get("canvas")));
  }
  /** @type {any} */ (viewer.get("states")).show(run.live.nodes, run.above);
  select();
}

/** Select the chosen node on the canvas when it is there. */
function select() {
  const selection = /** @type {any} */ (viewer.get("selection"));
  const element = run.chosen.startsWith(run.above) ? /** @type {any} */ (viewer.get("elementRegistry")).get(run.chosen.slice(run.above.length)) : null;
  const now = selection.get();
  if (element ? now.length !== 1 || now[0] !== element : now.length) selection.select(element);
}

/** At the first look the page opens at the node that was asked for, else at what needs a person: a failed one first. @param {string} id */
function openAt(id) {
  const entries = Object.entries(run.live.nodes);
  const asked = (id in run.live.nodes ? id : entries.find(([path]) => id && path.split("/").at(-1) === id)?.[0]) ?? (id && run.drawnAt(id) ? id : "");
  if (asked) return run.choose(asked);
  const deepest = (/** @type {string} */ state) => entries.filter(([, n]) => n.state === state).sort(([a], [b]) => b.split("/").length - a.split("/").length)[0];
  const found = deepest("failed") ?? deepest("waiting_person");
  if (found) run.choose(found[0]);
}

const bus = /** @type {any} */ (viewer.get("eventBus"));
bus.on("element.click", (/** @type {any} */ { element }) => run.choose(element.businessObject?.node ? run.above + element.id : ""));
bus.on("element.dblclick", (/** @type {any} */ { element }) => element.businessObject?.kind === "SubProcess" && run.enter(run.above + element.id));
let isFirst = true;
run.live.listen((what) => {
  if (what !== "view") return;
  // While nobody has chosen anything, the page opens what comes to need somebody.
  if (isFirst || (run.isFollowing && !run.chosen)) openAt(isFirst ? data.chosen : "");
  if (isFirst) keepAddress(run);
  isFirst = false;
  draw();
});
run.listen(draw);
draw();
render(html`<${Head} run=${run} />`, at("top-bar"));
render(html`<${Breadcrumbs} run=${run} />`, at("crumbs"));
render(html`<${Drawer} run=${run} />`, at("drawer"));
render(html`<${Below} run=${run} />`, at("strip"));
render(html`<${Question} asking=${run.asking} /><${Over} run=${run} />`, at("over"));
listenToKeys(run);
run.live.follow();
document.documentElement.dataset.ready = "run";
Object.assign(window, { sluice: { viewer, run } });
