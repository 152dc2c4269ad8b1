/** The page that makes a task: the flow with a tick on each optional node, and beside it all that is asked for. */
import { render } from "preact";
import { Viewer } from "../diagram/canvas.js";
import { html } from "../panels/parts.js";
import { fit } from "../run/fitting.js";
import { parsed } from "../parsed.js";
import { keepTheme } from "../theme.js";
import { setWords, t } from "../words.js";
import { Form } from "./form.js";
import { Order } from "./order.js";
import { TICKS } from "./ticks.js";
import { Tools, TopBar } from "./tools.js";

/** @param {string} id @returns {HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

keepTheme(document.documentElement, window.matchMedia("(prefers-color-scheme: dark)"));
const data = JSON.parse(at("create-data").textContent ?? "{}");
setWords(data.words ?? {});
await parsed;
at("create").hidden = false;
const order = new Order(data);
const viewer = new Viewer(at("flow"), { catalogue: { plugins: data.plugins }, modules: TICKS, label: t("The flow {name}; what may be left out stands in the list beside it", { name: data.flow.name }) });
/** @type {any} */
const ticks = viewer.get("ticks");
/** @type {any} */
let shown = null;

/** Show the flow with what is left out faded, or only what would run. */
function draw() {
  const tree = order.showsAll ? data.tree : order.preview.tree;
  if (shown !== tree) {
    const isFirst = shown === null;
    shown = tree;
    viewer.open(tree);
    ticks.place((/** @type {string} */ id, /** @type {boolean} */ runs) => order.keep(id, runs));
    if (isFirst || !order.showsAll) fit(/** @type {any} */ (viewer.get("canvas")));
  }
  ticks.show(order.leftOut, order.preview.tree);
}

/** What was typed last counts, also where no field has been left yet. */
async function send() {
  /** @type {any} */ (viewer.get("eventBus")).fire("editor.flush");
  const address = await order.send();
  if (address) return window.location.assign(address);
  requestAnimationFrame(() => {
    const wrong = at("order").querySelector("[aria-invalid], .f-wrong, [role=alert]");
    wrong?.scrollIntoView({ block: "center" });
    if (wrong instanceof HTMLElement && wrong.matches("input, textarea, select")) wrong.focus();
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  send();
});
// A page that comes back from the browser's store may be sent again.
window.addEventListener("pageshow", () => order.set({ isBusy: false }));
order.listeners.add(draw);
draw();
render(html`<${TopBar} order=${order} />`, at("top-bar"));
render(html`<${Tools} order=${order} />`, at("canvas-tools"));
render(html`<${Form} order=${order} viewer=${viewer} send=${send} />`, at("order"));
document.documentElement.dataset.ready = "create";
Object.assign(window, { sluice: { viewer, order } });
