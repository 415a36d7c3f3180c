/** What it costs: over time by a grouping, and the same as a table that adds up. */
import {question} from "./api.js";
import {added, chart, endOf, largest, startsOf} from "./chart.js";
import {askedCosts, controls, coverage, gpuLink, groupLink, groupText, pageLink, PAGES, stepOf, sumLine, zone} from "./controls.js";
import {el, replace} from "./dom.js";
import {count, hours, measure, rate, share, usd, usdText} from "./format.js";
import {panel} from "./panel.js";
import {table} from "./table.js";

export const title = "Cost";

const GROUPS = ["team", "model", "user", "project", "namespace", "host", "gpu_model", "gpu"];
const NOT_PRICED = "no tokens with a price";

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root, state) {
  const groupBy = state.groupBy ?? GROUPS[0];
  const over = costChart(groupBy);
  const sum = el("div", {class: "wide-row"});
  const list = panel(`Cost by ${groupBy.replace("_", " ")}`, {class: "wide"});
  root.append(controls(state, {groups: GROUPS, basis: true}), over.node, sum, list.node);
  const total = question("/costs", askedCosts(state, {group_by: groupBy}));
  const refresh = (signal) => Promise.all([over.refresh(state, signal), list.fill([total], (answer) => listed(answer, groupBy, sum), signal)]);
  return {refresh, stop: over.stop};
}

function listed(answer, groupBy, sum) {
  replace(sum, sumLine(answer));
  return costTable(`Cost by ${groupBy}`, answer, groupBy);
}

/** The stacked chart of costs over time. */
export function costChart(groupBy) {
  const over = panel(`Cost over time by ${groupBy.replace("_", " ")}, USD`, {class: "wide"});
  const drawn = chart("Cost over time");
  replace(over.body, drawn.node);
  const refresh = (state, signal) => {
    const step = stepOf(state, 3600);
    const target = question("/costs", askedCosts(state, {group_by: groupBy, step, tz: step === "1d" ? zone() : null}));
    return over.fill([target], (answer) => drawn.show(stacked(answer, groupBy)), signal);
  };
  return {node: over.node, refresh, stop: drawn.stop};
}

/** Attributed by group, then what is idle, then what is unknown: the top edge is the total. */
function stacked(answer, groupBy) {
  const starts = startsOf(answer);
  const of = (kind) => {
    const rows = new Map();
    answer.rows.forEach((row) => {
      const start = Date.parse(row.ts);
      rows.set(start, added([rows.get(start), row.usd[kind]]));
    });
    return starts.map((start) => rows.get(start) ?? null);
  };
  const series = [
    ...largest(answer, starts, (row) => groupText(row, groupBy), (row) => row.usd.attributed),
    {name: "idle", kind: "idle", values: of("idle")},
    {name: "unknown", kind: "unknown", values: of("unknown")},
  ];
  return {starts, end: endOf(answer, starts), series, stacked: true, unit: "USD", text: usdText};
}

/** The table of costs by a grouping; names lead to their pages, or filter what is shown. */
export function costTable(name, answer, groupBy, toPages = false) {
  const whole = answer.totals.usd.total;
  const part = (row) => (whole === null || whole === 0 || row.usd.total === null ? null : row.usd.total / whole);
  const named = (text) => (toPages && PAGES.includes(groupBy) && text !== null ? pageLink(groupBy, text) : groupLink(groupBy, text));
  const link = (row) => (groupBy === "gpu" && row.gpu !== null ? gpuLink(row.gpu) : named(row[groupBy]));
  const folded = (row) => ((row.folded ?? []).includes(groupBy) ? groupText(row, groupBy) : link(row));
  const dollars = (title, kind) => ({title, unit: "USD", cell: (row) => usd(row.usd[kind]), by: (row) => row.usd[kind]});
  return table({
    name,
    columns: [
      {title: groupBy.replace("_", " "), text: true, cell: folded, by: (row) => row[groupBy]},
      dollars("Attributed", "attributed"),
      dollars("Idle", "idle"),
      dollars("Unknown", "unknown"),
      dollars("Total", "total"),
      {title: "Share", cell: (row) => share(part(row), "nothing has a price"), by: part},
      {title: "Requests", cell: (row) => count(row.requests), by: (row) => row.requests},
      {title: "Input", unit: "tokens", cell: (row) => count(row.prompt_tokens), by: (row) => row.prompt_tokens},
      {title: "Output", unit: "tokens", cell: (row) => count(row.completion_tokens), by: (row) => row.completion_tokens},
      {title: "Per M tokens", unit: "USD", cell: (row) => rate(row.usd_per_million_tokens, NOT_PRICED), by: (row) => row.usd_per_million_tokens},
      {title: "Energy", unit: "J/token", cell: (row) => measure(row.joules_per_token, "J per token", "no power readings"), by: (row) => row.joules_per_token},
      {title: "Used", unit: "GPU\u00a0h", cell: (row) => hours(row.gpu_s.attributed), by: (row) => row.gpu_s.attributed},
      {title: "Coverage", cell: (row) => coverage(row.coverage), by: (row) => row.coverage},
    ],
    rows: answer.rows,
    totals: answer.totals,
    sortedBy: "Total",
  });
}
