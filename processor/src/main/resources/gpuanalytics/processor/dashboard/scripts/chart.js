/** Charts over time: stacked bars whose top edge is the sum, and lines; a gap is a gap. */
import {assigned, color} from "./colors.js";
import {el, replace} from "./dom.js";
import {timeText} from "./format.js";
import * as route from "./route.js";
import uPlot from "./uplot.js";

const HEIGHT = 240;
const MOST_SERIES = 8;
const LEAST_ZOOM_PX = 8;

/** The cursor is in all charts of a page, a drag in the one that it began in. */
const SYNC = {key: "page", filters: {pub: (type) => type !== "mousedown" && type !== "mouseup", sub: () => true}};

/**
 * A chart that `show` fills again and again.
 *
 * `show({starts, end, series, stacked, unit, text, full})`: starts in ms; series: {name, kind, values}, a value for each
 * start or null; kind is idle, unknown, others or absent for a colour of its own; text makes words of a value; full, if
 * any, is what the scale reaches to at least.
 */
export function chart(label) {
  const plotted = el("div", {class: "plot", role: "img", "aria-label": label});
  const legend = el("table", {class: "legend"}, el("caption", {class: "hidden"}, `${label}: values`));
  const node = el("div", {}, plotted, legend);
  let plot = null;
  const watch = new ResizeObserver(() => plot?.setSize({width: plotted.clientWidth, height: HEIGHT}));
  watch.observe(plotted);

  function show(what) {
    plot?.destroy();
    plot = null;
    const painted = paintedSeries(what.series);
    const table = (index) => replace(legend, legendRows(painted, what, index));
    table(null);
    plotted.setAttribute("aria-label", `${label}, ${what.unit}: ${what.starts.length} steps, ${painted.map((one) => one.name).join(", ")}`);
    if (what.starts.length === 0) {
      replace(plotted, el("p", {class: "quiet"}, "nothing in this time"));
      return;
    }
    replace(plotted);
    plot = new uPlot(options(plotted.clientWidth || 600, painted, what, table), data(painted, what), plotted);
  }

  function stop() {
    watch.disconnect();
    plot?.destroy();
    plot = null;
  }

  return {node, show, stop};
}

function paintedSeries(series) {
  const colors = assigned(series.filter((one) => one.kind === undefined).map((one) => one.name));
  return series.map((one) => ({...one, look: one.kind ?? `s${colors.get(one.name)}`}));
}

/** Stacked values are sums from below, the tallest drawn first so that the others lie over it. */
function data(painted, what) {
  const seconds = what.starts.map((start) => start / 1000);
  if (!what.stacked) {
    return [seconds, ...painted.map((one) => one.values)];
  }
  const sums = seconds.map(() => null);
  const layers = painted.map((one) => {
    one.values.forEach((value, index) => {
      if (value !== null) {
        sums[index] = (sums[index] ?? 0) + value;
      }
    });
    return [...sums];
  });
  return [seconds, ...layers.reverse()];
}

function options(width, painted, what, table) {
  const drawn = what.stacked ? [...painted].reverse() : painted;
  const start = what.starts[0] / 1000;
  const end = what.end / 1000;
  return {
    width,
    height: HEIGHT,
    legend: {show: false},
    cursor: {drag: {x: true, y: false, setScale: false}, points: what.stacked ? {show: false} : {}, y: false, sync: SYNC},
    scales: {x: {range: () => [start, end]}, y: {range: (_, low, high) => [what.stacked || low >= 0 ? 0 : low, Math.max(high, what.full ?? 0) * 1.05 || 1]}},
    axes: [axis({}), axis({size: 60, values: (_, ticks) => ticks.map((tick) => what.text(tick))})],
    series: [{}, ...drawn.map((one) => (what.stacked ? bars(one) : stroke(one)))],
    hooks: {
      setCursor: [(plot) => table(plot.cursor.idx ?? null)],
      setSelect: [(plot) => zoom(plot)],
      ready: [(plot) => plot.over.addEventListener("dblclick", () => history.state?.zoomed && history.back())],
    },
  };
}

function axis(more) {
  const line = () => color("line");
  return {stroke: () => color("quiet"), grid: {stroke: line, width: 1}, ticks: {stroke: line, width: 1}, ...more};
}

function bars(one) {
  return {label: one.name, width: 0, fill: () => fill(one.look), paths: uPlot.paths.bars({size: [0.92, Infinity], align: 1}), points: {show: false}};
}

function stroke(one) {
  return {label: one.name, width: 2, stroke: () => color(one.look), spanGaps: false, points: {show: one.values.filter((value) => value !== null).length < 3}};
}

/** Idle is hatched and unknown dotted, everywhere. */
function fill(look) {
  if (look !== "idle" && look !== "unknown") {
    return color(look);
  }
  const tile = document.createElement("canvas");
  tile.width = 8;
  tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = color("idle-surface");
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = color("idle");
  pen.fillStyle = color("idle");
  if (look === "idle") {
    pen.lineWidth = 1.5;
    pen.beginPath();
    [-8, 0, 8].forEach((shift) => {
      pen.moveTo(shift, 8);
      pen.lineTo(shift + 8, 0);
    });
    pen.stroke();
  } else {
    pen.fillRect(1, 1, 2, 2);
    pen.fillRect(5, 5, 2, 2);
  }
  return pen.createPattern(tile, "repeat");
}

function zoom(plot) {
  if (plot.select.width < LEAST_ZOOM_PX) {
    return;
  }
  const minute = (x) => Math.round(plot.posToVal(x, "x") / 60) * 60_000;
  const from = minute(plot.select.left);
  const to = Math.max(from + 60_000, minute(plot.select.left + plot.select.width));
  // once the chart is done with the drag: the next view takes it away
  setTimeout(() => {
    route.go(route.address({from: String(from), to: String(to)}));
    history.replaceState({ours: true, zoomed: true}, "");
  });
}

/** The legend is the table of values: under the cursor, else of the last step. */
function legendRows(painted, what, index) {
  const at = index === null ? what.starts.length - 1 : index;
  const rows = painted.map((one) => ({one, value: one.values[at] ?? null}));
  rows.sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
  const head = what.starts.length === 0 ? "" : timeText(what.starts[at]);
  return [
    el("thead", {}, el("tr", {}, el("th", {class: "text", scope: "col"}, head), el("th", {class: "number", scope: "col"}, what.unit))),
    el(
      "tbody",
      {},
      rows.map(({one, value}) =>
        el("tr", {}, el("th", {scope: "row", class: "text"}, el("span", {class: `swatch ${one.look}`, "aria-hidden": "true"}), one.name), el("td", {class: "number", title: value ?? ""}, value === null ? "–" : what.text(value))),
      ),
    ),
  ];
}

/** Every start of a step in a range, so that steps without a row are gaps; rows alone where steps differ. */
export function startsOf(answer) {
  const seen = [...new Set(answer.rows.map((row) => Date.parse(row.ts)))].sort((a, b) => a - b);
  if (seen.length === 0 || answer.step_s === null) {
    return seen;
  }
  const step = answer.step_s * 1000;
  const starts = [];
  for (let start = seen[0]; start <= seen[seen.length - 1]; start += step) {
    starts.push(start);
  }
  return starts;
}

/** Where the last step ends. */
export function endOf(answer, starts) {
  const length = answer.step_s === null ? 86_400_000 : answer.step_s * 1000;
  return starts.length === 0 ? 0 : starts[starts.length - 1] + length;
}

/** Series of the groups with the most, and one of all others. */
export function largest(answer, starts, groupOf, valueOf) {
  const index = new Map(starts.map((start, at) => [start, at]));
  const groups = new Map();
  for (const row of answer.rows) {
    const value = valueOf(row);
    const at = index.get(Date.parse(row.ts));
    if (value === null || value === undefined || at === undefined) {
      continue;
    }
    const name = groupOf(row);
    const group = groups.get(name) ?? {name, sum: 0, values: starts.map(() => null)};
    group.values[at] = (group.values[at] ?? 0) + value;
    group.sum += value;
    groups.set(name, group);
  }
  const sorted = [...groups.values()].filter((group) => group.sum > 0).sort((a, b) => b.sum - a.sum);
  const rest = sorted.slice(MOST_SERIES);
  const series = sorted.slice(0, MOST_SERIES);
  return rest.length === 0 ? series : [...series, {name: `${rest.length} others`, kind: "others", values: starts.map((_, at) => added(rest.map((group) => group.values[at])))}];
}

/** The sum of what is known; null where nothing is. */
export function added(values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
}
