/** What was asked and written: requests, tokens by class, and how long it took. */
import {question} from "./api.js";
import {chart, endOf, largest, startsOf} from "./chart.js";
import {asked, controls, gpuLink, groupLink, groupText, stepOf, zone} from "./controls.js";
import {replace} from "./dom.js";
import {count, measure, scaledText} from "./format.js";
import {panel} from "./panel.js";
import {table} from "./table.js";

export const title = "Tokens";

const GROUPS = ["model", "team", "user", "project", "gpu", "provider", "operation", "namespace", "pod"];
const CLASSES = [
  ["Input", "prompt_tokens"],
  ["Output", "completion_tokens"],
  ["Cached", "cached_prompt_tokens"],
  ["Cache write", "cache_write_tokens"],
  ["Reasoning", "reasoning_tokens"],
];
const TIMES = [
  ["Latency p50", "latency_ms", "p50"],
  ["Latency p95", "latency_ms", "p95"],
  ["First token p50", "ttft_ms", "p50"],
  ["First token p95", "ttft_ms", "p95"],
];
const MOST_ROWS = 500;

/** What costs can be filtered by and usages cannot. */
const FOREIGN = {gpu_model: null, host: null};

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root, state) {
  const groupBy = state.groupBy ?? GROUPS[0];
  const over = panel(`Tokens over time by ${groupBy}`, {class: "wide"});
  const times = panel("Latency and time to first token, ms");
  const errors = panel("Requests and errors");
  const list = panel(`Tokens by ${groupBy}`, {class: "wide"});
  const charts = [over, times, errors].map((one) => {
    const drawn = chart(one.node.getAttribute("aria-label"));
    replace(one.body, drawn.node);
    return drawn;
  });
  root.append(controls(state, {groups: GROUPS, without: Object.keys(FOREIGN)}), over.node, times.node, errors.node, list.node);
  const step = stepOf(state);
  const inSteps = {step, tz: step === "1d" ? zone() : null, ...FOREIGN};
  const grouped = question("/tokens", asked(state, {...inSteps, group_by: groupBy}));
  const together = question("/tokens", asked(state, inSteps));
  const total = question("/tokens", asked(state, {group_by: groupBy, order: "tokens:desc", limit: MOST_ROWS, ...FOREIGN}));
  const refresh = (signal) =>
    Promise.all([
      over.fill([grouped], (answer) => charts[0].show(stacked(answer, groupBy)), signal),
      times.fill([together], (answer) => charts[1].show(timeLines(answer)), signal),
      errors.fill([together], (answer) => charts[2].show(lines(answer, [["requests", (row) => row.requests], ["errors", (row) => row.errors]], "per step")), signal),
      list.fill([total], (answer) => tokenTable(answer, groupBy), signal),
    ]);
  return {refresh, stop: () => charts.forEach((one) => one.stop())};
}

function stacked(answer, groupBy) {
  const starts = startsOf(answer);
  const series = largest(answer, starts, (row) => groupText(row, groupBy), tokensOf);
  return {starts, end: endOf(answer, starts), series, stacked: true, unit: "tokens", text: scaledText};
}

function tokensOf(row) {
  return row.prompt_tokens === null && row.completion_tokens === null ? null : (row.prompt_tokens ?? 0) + (row.completion_tokens ?? 0);
}

/** Latency and time to first token, as lines. */
export function timeLines(answer) {
  return lines(answer, TIMES.map(([name, of, what]) => [name, (row) => row[of][what]]), "ms");
}

function lines(answer, what, unit) {
  const starts = startsOf(answer);
  const rows = new Map(answer.rows.map((row) => [Date.parse(row.ts), row]));
  const series = what.map(([name, of]) => ({name, values: starts.map((start) => (rows.has(start) ? of(rows.get(start)) : null))}));
  return {starts, end: endOf(answer, starts), series, stacked: false, unit, text: scaledText};
}

function tokenTable(answer, groupBy) {
  const cellOf = (row) => {
    if (row.isRest) {
      return `${row.rows} others`;
    }
    if ((row.folded ?? []).includes(groupBy)) {
      return groupText(row, groupBy);
    }
    if (groupBy === "gpu" && row.gpu !== null) {
      return gpuLink(row.gpu);
    }
    return ["provider", "operation", "pod"].includes(groupBy) ? groupText(row, groupBy) : groupLink(groupBy, row[groupBy]);
  };
  return table({
    name: `Tokens by ${groupBy}`,
    columns: [
      {title: groupBy, text: true, cell: cellOf, by: (row) => row[groupBy]},
      {title: "Requests", cell: (row) => count(row.requests), by: (row) => row.requests},
      {title: "Errors", cell: (row) => count(row.errors), by: (row) => row.errors},
      ...CLASSES.map(([title, name]) => ({title, unit: "tokens", cell: (row) => count(row[name]), by: (row) => row[name]})),
      ...TIMES.map(([title, of, what]) => ({title, unit: "ms", cell: (row) => measure(row[of][what], "ms", "no request tells of it"), by: (row) => row[of][what]})),
      {title: "Rate", unit: "tokens/s", cell: (row) => measure(row.tokens_per_s, "tokens per s", "no time has passed"), by: (row) => row.tokens_per_s},
    ],
    rows: answer.rest === null || answer.rest === undefined ? answer.rows : [...answer.rows, {...answer.rest, isRest: true}],
    totals: answer.totals,
    sortedBy: "Input",
  });
}
