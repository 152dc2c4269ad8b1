/** The keys of the run page, and what tells of them. */
import { html } from "../panels/parts.js";
import { Dialog } from "../session/dialog.js";
import { t } from "../words.js";
import { nodeOrders } from "./orders.js";

/** @param {import("./page.js").Run} run */
export function listenToKeys(run) {
  /** @type {Record<string, () => unknown>} */
  const keys = {
    j: () => goToFailed(run, 1),
    k: () => goToFailed(run, -1),
    r: () => orderChosen(run, "retry"),
    s: () => orderChosen(run, "skip"),
    t: () => run.set({ strip: run.strip === "timeline" ? "" : "timeline" }),
    "?": () => run.set({ dialog: "keys" }),
    escape: () => run.choose(""),
  };
  document.addEventListener("keydown", (event) => {
    const at = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || at.isContentEditable || at.closest?.("input, textarea, select, dialog[open], .f-popover")) return;
    const act = keys[event.key.toLowerCase()];
    if (!act || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act();
  });
}

/** Open the next failed node, or the one before, around the end. @param {import("./page.js").Run} run @param {1 | -1} step */
export function goToFailed(run, step) {
  const failed = Object.entries(run.live.nodes).filter(([, node]) => node.state === "failed").map(([path]) => path);
  if (!failed.length) return run.say(t("No node has failed."));
  const at = failed.indexOf(run.chosen);
  run.choose(failed[at < 0 ? (step > 0 ? 0 : failed.length - 1) : (at + step + failed.length) % failed.length]);
}

/** Retry or skip the chosen node, after a question. @param {import("./page.js").Run} run @param {string} action */
async function orderChosen(run, action) {
  if (!run.chosen) return run.say(t("Choose a node first: J goes to the next failed one."));
  const drawn = run.drawnAt(run.chosen), node = run.live.nodes[run.chosen];
  const order = run.data.may_operate ? nodeOrders(node, drawn).find((o) => o.action === action && !o.needs) : undefined;
  if (!order) return run.say(t("That cannot be asked of this node now."));
  if (!(await run.asking.ask(order.ask, order.label))) return;
  try {
    await run.order(run.chosen, { action });
  } catch (error) {
    run.say(error instanceof Error ? error.message : String(error));
  }
}

/** @param {{ onClose: () => void }} props */
export function KeysDialog({ onClose }) {
  const rows = [
    [["J"], t("Next failed node")], [["K"], t("Previous failed node")], [["R"], t("Retry the chosen node")], [["S"], t("Skip the chosen node")], [["T"], t("Timeline")],
    [["Esc"], t("Close the node")], [["Ctrl", "K"], t("Search everywhere")], [["?"], t("This help")],
  ];
  return html`<${Dialog} title=${t("Keys")} onClose=${onClose}><dl class="run-keys">${rows.map(([keys, words]) => html`<div><dt>${/** @type {string[]} */ (keys).map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${words}</dd></div>`)}</dl><//>`;
}
