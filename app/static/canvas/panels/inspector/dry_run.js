/** One node run by itself, or the flow from it on, with values for the variables that are read. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../words.js";
import { html } from "../parts.js";
import { StateMark } from "../state_mark.js";
import { Switch } from "../../fields/choice.js";
import { useForm } from "../../fields/form.js";
import { Glyph } from "../../fields/glyphs.js";
import { brief } from "../../fields/values.js";
import { constantsOf } from "./edits.js";
import { onward, readBy, readIn } from "./dry_run_values.js";
import { CopyButton, Remark } from "./parts.js";
import { formsIn, SampleFields } from "./samples.js";
import { samplesOf, valuesOf } from "./sampling.js";

const POLL_MS = 1000, SLOW_MS = 4000, PATIENCE = 30;
/** In these states nothing more happens by itself. */
const ENDED = new Set(["finished", "failed", "revoked"]);

/** @param {{ shape: any }} props */
export function DryRun({ shape }) {
  const { editor, server } = useForm(), constants = constantsOf(editor), [goesOn, goOn] = useState(false);
  const part = goesOn ? onward(shape) : [shape], keys = [...readBy(part.map(readIn), constants, part)], [given, setGiven] = useState(/** @type {Record<string, any>} */ ({}));
  const [run, setRun] = useState(/** @type {any} */ (null)), [failed, setFailed] = useState(""), isLive = useRef(true);
  useEffect(() => () => {
    isLive.current = false;
  }, []);
  const samples = samplesOf(keys, constants, given, formsIn(editor)), isRunning = run && !ENDED.has(run.state);
  const start = async () => {
    editor.get("eventBus").fire("editor.flush");
    setFailed("");
    setRun({ state: "not_started", outputs: {} });
    try {
      const made = await server.send("POST", "/dry-run", { tree: editor.get("treeStore").tree, node_id: shape.id, values: valuesOf(samples), goes_on: goesOn });
      await follow(server, made.task_id, (/** @type {any} */ told) => isLive.current && setRun({ ...told, url: made.url, node: goesOn ? null : told.nodes?.[made.node_id] }), () => isLive.current);
    } catch (error) {
      setRun(null);
      setFailed(/** @type {Error} */ (error).message);
    }
  };
  return html`<${Switch} on=${goesOn} label=${t("Go on with what comes after it")} disabled=${isRunning} onChange=${goOn} />
    <p class="f-help">${goesOn ? t("Runs the flow from here on, for real, as a task of its own.") : t("Runs this node alone, for real, as a task of its own.")}</p>
    <${SampleFields} samples=${samples} give=${(/** @type {string} */ key, /** @type {any} */ value) => setGiven((before) => ({ ...before, [key]: value }))} />
    <button type="button" class="btn btn-sm i-run" disabled=${isRunning} onClick=${start}><${Glyph} name="play" size=${14} />${isRunning ? t("Running…") : goesOn ? t("Run from here") : t("Run this node")}</button>
    ${failed && html`<${Remark} tone="bad">${failed}</${Remark}>`}
    ${run && html`<${Outcome} run=${run} />`}`;
}

/** @param {{ run: any }} props */
function Outcome({ run }) {
  // How often it ran and whether it succeeded is no news here.
  const { log, ...outputs } = run.outputs ?? {}, rows = Object.entries(outputs).filter(([key]) => !key.startsWith("_")), reason = run.node?.reason || run.error;
  return html`<div class="i-outcome">
    <p aria-live="polite"><${StateMark} state=${run.node?.state ?? run.state} />${run.url && html`<a href=${run.url} target="_blank" rel="noopener">${t("Show the task")}<${Glyph} name="external" size=${13} /></a>`}</p>
    ${reason && html`<${Remark} tone="bad">${reason}</${Remark}>`}
    ${rows.length > 0 && html`<dl>${rows.map(([key, value]) => html`<dt>${key}</dt><dd><code>${brief(value)}</code><${CopyButton} text=${brief(value)} /></dd>`)}</dl>`}
    ${log && html`<pre tabindex="0" role="region" aria-label=${t("Log")}>${brief(log)}</pre>`}
  </div>`;
}

/**
 * Ask how a task stands until it has ended.
 * @param {any} server @param {number} id @param {(told: any) => void} tell @param {() => boolean} goesOn
 */
async function follow(server, id, tell, goesOn) {
  for (let asked = 0; ; asked += 1) {
    const told = await server.get(`/tasks/${id}`);
    tell(told);
    if (ENDED.has(told.state) || !goesOn()) return;
    await new Promise((resolve) => setTimeout(resolve, asked < PATIENCE ? POLL_MS : SLOW_MS));
  }
}
