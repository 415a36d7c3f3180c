/** One GPU: what it did, and what it cost. */
import {question} from "./api.js";
import {chart} from "./chart.js";
import {askedCosts, controls, stepOf, sumLine, zone} from "./controls.js";
import {el, replace} from "./dom.js";
import {scaledText} from "./format.js";
import {readings} from "./fleet.js";
import {panel} from "./panel.js";
import {costTable} from "./cost.js";

export const title = "GPU";
export const hidden = true;

const GIB = 2 ** 30;
const CHARTS = [
  {title: "Utilisation, %", unit: "%", of: "utilization", scale: 100, full: 100},
  {title: "Memory used, GiB", unit: "GiB", of: "mem_used_bytes", scale: 1 / GIB},
  {title: "Power, W", unit: "W", of: "power_w", scale: 1},
  {title: "Temperature, °C", unit: "°C", of: "temp_c", scale: 1},
  {title: "SM clock, MHz", unit: "MHz", of: "sm_clock_hz", scale: 1e-6},
];

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root, state) {
  const gpu = state.filters.gpu?.[0];
  if (gpu === undefined) {
    root.append(el("p", {class: "sum"}, "No GPU is named. ", el("a", {href: "/?view=fleet"}, "Choose one of the fleet.")));
    return {refresh: async () => undefined};
  }
  const latest = panel(`GPU ${gpu}${state.migId === null ? "" : ` · MIG ${state.migId}`}`, {class: "wide"});
  const drawn = CHARTS.map((one) => {
    const shown = panel(one.title);
    const plot = chart(one.title);
    replace(shown.body, plot.node);
    return {...one, panel: shown, plot};
  });
  const cost = panel("Cost by team", {class: "wide"});
  const sum = el("div", {class: "wide-row"});
  root.append(controls(state), latest.node, ...drawn.map((one) => one.panel.node), sum, cost.node);
  const step = stepOf(state);
  const series = question("/gpus/series", {gpu, mig_id: state.migId, from: state.from, to: state.to, step, tz: step === "1d" ? zone() : null});
  const info = question("/gpu/info", {gpu: [gpu], max_age: "all"});
  const wasted = question("/waste", askedCosts(state));
  const costs = question("/costs", askedCosts(state, {group_by: "team"}));
  const refresh = (signal) =>
    Promise.all([
      latest.fill([info, wasted], (answer, waste) => sample(answer, waste, state.migId), signal),
      ...drawn.map((one) => one.panel.fill([series], (answer) => one.plot.show(plotted(answer, one)), signal)),
      cost.fill([costs], (answer) => {
        replace(sum, sumLine(answer));
        return costTable("Cost of this GPU by team", answer, "team");
      }, signal),
    ]);
  return {refresh, stop: () => drawn.forEach((one) => one.plot.stop())};
}

function sample(answer, waste, migId) {
  const found = answer.gpus.find((one) => (one.mig_id ?? null) === migId);
  return found === undefined ? el("p", {class: "quiet"}, "It has sent no sample that is still kept.") : readings({...found, waste: waste.totals}).slice(1);
}

/** Mean, least and most of each step; a step without a sample is a gap. */
function plotted(answer, {of, scale, unit, full}) {
  const points = new Map(answer.points.map((point) => [Date.parse(point.ts), point]));
  const seen = [...points.keys()].sort((a, b) => a - b);
  const step = answer.step_s === null ? null : answer.step_s * 1000;
  const starts = [];
  if (step === null) {
    starts.push(...seen);
  } else {
    for (let start = seen[0]; start <= seen[seen.length - 1]; start += step) {
      starts.push(start);
    }
  }
  const values = (what) => starts.map((start) => {
    const value = points.get(start)?.[of][what];
    return value === null || value === undefined ? null : value * scale;
  });
  const series = [
    {name: "mean", kind: "s0", values: values("mean")},
    {name: "least", kind: "s4", values: values("min")},
    {name: "most", kind: "s5", values: values("max")},
  ];
  return {starts, end: starts.length === 0 ? 0 : starts[starts.length - 1] + (step ?? 86_400_000), series, stacked: false, unit, full, text: scaledText};
}
