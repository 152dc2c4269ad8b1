/** Graphs of dependencies for tests. */
/**
 * A graph drawn as "start>a a>b a>c b>end c>end", as programs write it.
 * @param {string} drawing
 * @param {Record<string, any>} [nodes] what is otherwise in nodes, by name
 */
export function graph(drawing, nodes = {}) {
  const pairs = drawing.split(" ").map((id) => ({ id, source: id.split(">")[0], target: id.split(">")[1] }));
  const ids = [...new Set(pairs.flatMap((p) => [p.source, p.target]))].filter((id) => !["start", "end"].includes(id));
  const out = (/** @type {string} */ id) => pairs.filter((p) => p.source === id).map((p) => p.id), into = (/** @type {string} */ id) => pairs.filter((p) => p.target === id).map((p) => p.id);
  return {
    kind: "dependencies", language: "functions", parallelism: 3,
    start_event: { id: "start", type: "EmptyStartEvent", name: "", incoming: "", outgoing: out("start") },
    end_event: { id: "end", type: "EmptyEndEvent", name: "", incoming: into("end"), outgoing: "" },
    activities: Object.fromEntries(ids.map((id) => [id, { id, type: "ServiceActivity", name: id, incoming: into(id), outgoing: out(id), component: { code: "bk_display", data: {} }, ...(nodes[id] ?? { step: { rule: "one_success", retries: 2 } }) }])),
    gateways: {}, flows: Object.fromEntries(pairs.map((p) => [p.id, { ...p, is_default: false }])), constants: {}, outputs: [], line: [], location: [],
  };
}

export const DIAMOND = graph("start>a a>b a>c b>d c>d d>end");
