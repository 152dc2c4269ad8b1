/** Conditions tried out against sample values, by the server that decides in a run. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useForm } from "../../fields/form.js";
import { keysIn } from "../../tree/references.js";
import { constantsOf } from "./edits.js";
import { formsIn } from "./samples.js";
import { kindsOf, samplesOf, valuesOf } from "./sampling.js";

const WAIT_MS = 300;
/** How the server begins to say that a condition cannot be read, whatever its variables are. */
const UNREADABLE = /^(at character|the condition is nested|a condition has)/;
/** What was typed to try a gateway with, while the page is open. @type {Map<string, Record<string, any>>} */
const remembered = new Map();

/** @typedef {{ holds: boolean | null, error: string }} Result */

/** @type {Result} */
const UNKNOWN = { holds: null, error: "" };

/**
 * @param {string} gatewayId
 * @param {any[]} lines
 * @returns {{ results: Record<string, Result>, samples: import("./sampling.js").Sample[], give: (key: string, value: any) => void }}
 */
export function useTrial(gatewayId, lines) {
  const { editor, server } = useForm(), constants = constantsOf(editor);
  const [given, setGiven] = useState(() => remembered.get(gatewayId) ?? {}), [results, setResults] = useState(/** @type {Record<string, Result>} */ ({}));
  const asked = lines.filter((l) => l.businessObject.condition).map((l) => ({ id: l.id, evaluate: l.businessObject.condition.evaluate ?? "" }));
  const samples = samplesOf([...keysIn(asked.map((a) => a.evaluate))], constants, given, formsIn(editor)), values = valuesOf(samples), types = kindsOf(samples);
  const question = JSON.stringify([asked, values, types]), opened = useRef(new Map(asked.map((a) => [a.id, a.evaluate])));
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const told = await Promise.all(asked.map(({ id, evaluate }) => {
        const isMissing = missingIn(evaluate, samples), hasNews = !isMissing || opened.current.get(id) !== evaluate;
        return hasNews ? tried(server, { evaluate, values, types }, isMissing, stop.signal) : UNKNOWN;
      }));
      if (!stop.signal.aborted) setResults(Object.fromEntries(asked.map((a, i) => [a.id, told[i]])));
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [question]);
  const give = (/** @type {string} */ key, /** @type {any} */ value) => {
    const now = { ...given, [key]: value };
    remembered.set(gatewayId, now);
    setGiven(now);
  };
  return { results, samples, give };
}

/** Whether a condition reads a variable that has no value yet. @param {string} evaluate @param {import("./sampling.js").Sample[]} samples */
function missingIn(evaluate, samples) {
  const read = keysIn(evaluate);
  return samples.some((s) => (s.value === undefined || (s.value === "" && !s.isGiven)) && read.has(s.key));
}

/**
 * @param {any} server @param {{ evaluate: string, values: Record<string, any>, types: Record<string, string> }} question @param {boolean} isMissing whether a refusal may only mean that a value is missing
 * @param {AbortSignal} signal
 * @returns {Promise<Result>}
 */
async function tried(server, question, isMissing, signal) {
  if (!question.evaluate.trim()) return UNKNOWN;
  try {
    const { result } = await server.send("POST", "/condition", question, signal);
    return { holds: isMissing ? null : Boolean(result), error: "" };
  } catch (error) {
    const { status, message } = /** @type {any} */ (error);
    return { holds: null, error: status === 422 && (!isMissing || UNREADABLE.test(message)) ? message : "" };
  }
}

