/**
 * Computes the places of a layout in a worker, so that the page goes on meanwhile; where lines cross it asks elkjs, which
 * runs in a worker of its own, is large, and is loaded only then.
 *
 * @import { Line, Node, Point } from "../../layout/graph.js"
 * @typedef {{ nodes: Node[], lines: Line[], isOrdered: boolean }} Question `nodes` in the order of the flow; `isOrdered` says whether lines out of a node have an order
 * @typedef {{ places: Map<string, Point>, isEngineAway: boolean }} Answer the corners of the nodes; whether elkjs was asked and did not answer
 */
import ELK from "elkjs/lib/elk-api.js";
import { arranged } from "../../layout/arranging.js";
import { arrangedPlacesOf } from "../../layout/places.js";
import { inTime, workerOf } from "./workers.js";

/** When elkjs is given up. */
const PATIENCE_MS = 15000;

/** @type {Promise<any> | null} */
let engine = null;

self.onmessage = (/** @type {MessageEvent<Question>} */ { data }) => void answerTo(data).then((answer) => self.postMessage(answer), reportError);

/** @param {Question} question @returns {Promise<Answer>} */
async function answerTo({ nodes, lines, isOrdered }) {
  let isEngineAway = false;
  const places = await arrangedPlacesOf(nodes, lines, async (flow, onward) => {
    try {
      return await inTime(arranged(flow, onward, isOrdered, askEngine), PATIENCE_MS);
    } catch {
      isEngineAway = true;
      stopEngine();
      return flow;
    }
  });
  return { places, isEngineAway };
}

/** @param {any} graph @returns {Promise<any>} */
async function askEngine(graph) {
  engine ??= startEngine();
  return (await engine).layout(graph);
}

/** @returns {Promise<any>} */
async function startEngine() {
  const worker = await workerOf("elk-worker.min.js");
  return new ELK({ workerFactory: () => worker });
}

function stopEngine() {
  engine?.then((started) => started.terminateWorker(), () => undefined);
  engine = null;
}
