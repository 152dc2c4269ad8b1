/** The charts of the page of statistics; the tables beneath them say the same. */
import uPlot from "uplot";

/** The steps between the lines of a scale of durations, in seconds. */
const STEPS_S = [0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 172_800, 432_000, 864_000];

const element = document.getElementById("chart-data");
if (element) draw(JSON.parse(element.textContent ?? "{}"));

/** @param {{ weeks: Record<string, (number | null)[]>, words: Record<string, string>, locale: string }} data */
function draw({ weeks, words, locale }) {
  const day = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);
  /** A variable of the style sheet as a canvas understands it. @param {string} name */
  const colour = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const bars = uPlot.paths.bars?.({ size: [0.62, 44], radius: 0.12 });
  const line = uPlot.paths.linear?.();

  /** @type {uPlot[]} */
  let charts = [];
  /** @param {HTMLElement} place @param {(number | null)[][]} lines @param {uPlot.Series[]} series @param {(value: number) => string} say */
  const chart = (place, lines, series, say) => {
    const grid = { stroke: colour("--tblr-border-color"), width: 1 };
    const axis = { stroke: colour("--tblr-secondary"), grid, ticks: { ...grid, size: 5 }, font: "12px system-ui" };
    const dates = { label: words.week, value: (/** @type {uPlot} */ _, /** @type {number} */ at) => (at == null ? "–" : full.format(at * 1000)) };
    const values = (/** @type {uPlot} */ _, /** @type {number | null} */ value) => (value == null ? "–" : say(value));
    return new uPlot({
      width: place.clientWidth, height: 256, cursor: { points: { size: 7 } },
      scales: { x: { time: true, range: (_, from, to) => [from - 302_400, to + 302_400] }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
      axes: [
        { ...axis, values: (_, marks) => marks.map((mark) => day.format(mark * 1000)), splits: () => spread(weeks.begins, place.clientWidth) },
        { ...axis, size: 62, ...(say === length ? { incrs: STEPS_S } : {}), values: (_, marks) => marks.map((mark) => (Number.isInteger(mark) || say !== plain ? say(mark) : "")) },
      ],
      series: [dates, ...series.map((s) => ({ value: values, ...s }))],
    }, /** @type {uPlot.AlignedData} */ ([weeks.begins, ...lines]), place);
  };

  const all = () => {
    for (const old of charts) old.destroy();
    const runs = /** @type {HTMLElement} */ (document.getElementById("chart-runs"));
    const durations = /** @type {HTMLElement} */ (document.getElementById("chart-durations"));
    const [well, rest, mild, late] = ["--s-finished", "--s-failed", "--s-running", "--s-waiting_person"].map(colour);
    charts = [
      chart(runs, [weeks.ended, weeks.well], [
        { label: words.other, stroke: rest, fill: rest, paths: bars, points: { show: false }, value: (_, value, __, at) => (value == null || at == null ? "–" : plain(value - (weeks.well[at] ?? 0))) },
        { label: words.well, stroke: well, fill: well, paths: bars, points: { show: false } },
      ], plain),
      chart(durations, [weeks.p50, weeks.p95], [
        { label: words.p50, stroke: mild, width: 2, paths: line, spanGaps: true, points: { show: true, size: 6 } },
        { label: words.p95, stroke: late, width: 2, dash: [6, 4], paths: line, spanGaps: true, points: { show: true, size: 6 } },
      ], length),
    ];
  };

  all();
  let last = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry?.contentRect.width ?? 0);
    if (last && width !== last) for (const one of charts) one.setSize({ width: one.root.parentElement?.clientWidth ?? width, height: 256 });
    last = width;
  }).observe(/** @type {HTMLElement} */ (document.getElementById("chart-runs")));
  new MutationObserver(all).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}

/** As many weeks as have room for their names. @param {(number | null)[]} begins @param {number} width @returns {number[]} */
function spread(begins, width) {
  const step = Math.max(1, Math.ceil(begins.length / Math.max(2, Math.floor(width / 80))));
  return /** @type {number[]} */ (begins.filter((_, i) => (begins.length - 1 - i) % step === 0));
}

/** @param {number} value */
function plain(value) {
  return String(value);
}

/** Seconds as people write them. @param {number} seconds */
function length(seconds) {
  if (seconds >= 172_800) return `${Math.round(seconds / 86_400)} d`;
  if (seconds >= 7200) return `${+(seconds / 3600).toFixed(1)} h`;
  if (seconds >= 120) return `${+(seconds / 60).toFixed(1)} min`;
  return `${+seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}
