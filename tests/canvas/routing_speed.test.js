/** How long it takes to lay all lines of a large flow. The number is told, not judged: machines differ, and are busy. */
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { routed } from "../../app/static/canvas/diagram/routing.js";
import { putApart } from "../../app/static/canvas/diagram/routing_apart.js";
import { Field } from "../../app/static/canvas/diagram/routing_field.js";
import { assertLine } from "./routing_reference.js";

const COLUMNS = 28, ROWS = 36;

/** A thousand nodes in columns, each with a line to its right, most with one to elsewhere, some of them back. */
function large() {
  const nodes = Array.from({ length: 1000 }, (_, i) => {
    const column = Math.floor(i / ROWS), row = i % ROWS, isGateway = i % 3 === 0;
    return isGateway ? { x: column * 230 + 64, y: row * 90 + 8, width: 40, height: 40 } : { x: column * 230, y: row * 90, width: 168, height: 56 };
  });
  const flows = nodes.flatMap((_, i) => {
    const [across, down] = [[1, 2], [1, -1], [2, 1], [-2, 1]][Math.floor(i / 2) % 4], other = i + across * ROWS + down;
    const lines = [{ from: i, to: i + ROWS, sides: { source: "Right", target: "Left" } }];
    if (i % 5 < 3) lines.push({ from: i, to: other, sides: across > 0 ? { source: "Right", target: "Left" } : { source: "Bottom", target: "Bottom" } });
    return lines.filter(({ to }) => nodes[to]);
  });
  return { nodes, flows };
}

/** What this thread had of a processor so far, in ms. */
const worked = () => Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;

test(`${COLUMNS} columns of ${ROWS} nodes, each with its lines, are laid`, (t) => {
  const { nodes, flows } = large();
  const times = Array.from({ length: 3 }, () => {
    const began = worked(), field = new Field(nodes);
    const lines = flows.map(({ from, to, sides }, i) => ({ id: String(i), from: `${from}${sides.source}`, into: `${to}${sides.target}`, ...routed(nodes[from], nodes[to], sides, field) }));
    const laid = worked();
    putApart(lines);
    const done = worked();
    lines.forEach(({ points }, i) => assertLine(points, nodes[flows[i].from], nodes[flows[i].to], flows[i].sides));
    return `${Math.round(done - began)} ms (${Math.round(done - laid)} of them to put them apart)`;
  });
  t.diagnostic(`${nodes.length} nodes, ${flows.length} lines, processor time: ${times.join(", then ")}`);
});
