/** What a view is of: its time, grouping, basis and filters, all in the address. */
import {question} from "./api.js";
import {whyLower} from "./bill.js";
import {el} from "./dom.js";
import {share, time, usd, value} from "./format.js";
import {choice} from "./panel.js";
import * as route from "./route.js";

const RANGES = [
  ["now-1h", "Last hour"],
  ["now-6h", "Last 6 hours"],
  ["now-24h", "Last 24 hours"],
  ["now-7d", "Last 7 days"],
  ["now-30d", "Last 30 days"],
  ["now-365d", "Last year"],
];
const BASES = [
  ["allocation", "allocation"],
  ["usage", "usage"],
];

/** What has a page of its own, beside GPUs. */
export const PAGES = ["team", "model"];

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Where a coverage is at least so much, it says no more than that it is whole. */
const WHOLE = 0.9995;

/** The bar above a view. groups: names to choose from, or none; without: filters that its answers do not know. */
export function controls(state, {groups = [], basis = false, range = true, without = []} = {}) {
  const parts = [];
  if (range) {
    const chosen = state.to === null ? state.from : "zoomed";
    const ranges = state.to === null ? RANGES : [["zoomed", zoomText(state)], ...RANGES];
    parts.push(choice("Time", ranges, chosen, (from) => route.go(route.address({from, to: null}))));
  }
  if (groups.length > 0) {
    const options = groups.map((name) => [name, name.replace("_", " ")]);
    parts.push(choice("By", options, state.groupBy ?? groups[0], (groupBy) => route.go(route.address({groupBy}))));
  }
  if (basis) {
    parts.push(choice("Basis", BASES, state.basis, (chosen) => route.go(route.address({basis: chosen}))));
  }
  for (const [name, values] of Object.entries(state.filters)) {
    const text = values.map((one) => (one === "" ? "none" : one)).join(" or ");
    const page = PAGES.includes(name) && values.length === 1 && values[0] !== "" && state.view !== name;
    parts.push(el("span", {class: "chip"}, `${name.replace("_", " ")}: ${text}${without.includes(name) ? " (not known here)" : ""}`, page ? pageLink(name, values[0], "its page") : null, el("a", {href: route.filtered(name, []), "aria-label": `without the filter ${name}`}, "✕")));
  }
  return el("div", {class: "controls"}, parts);
}

function zoomText(state) {
  const text = (moment) => new Date(moment).toLocaleString(undefined, {dateStyle: "short", timeStyle: "short"});
  return `${text(route.moment(state.from))} – ${text(route.moment(state.to))}`;
}

/** The parameters of a question about what the view is of. */
export function asked(state, more = {}) {
  return {from: state.from, to: state.to, ...state.filters, ...more};
}

/** The same for costs. */
export function askedCosts(state, more = {}) {
  return asked(state, {basis: state.basis === "allocation" ? null : state.basis, ...more});
}

/** The questions of how costs went: over the time, and in the span before. */
export function overTime(state, more = {}) {
  const step = stepOf(state, HOUR);
  return [
    question("/costs", askedCosts(state, {...more, step, tz: step === "1d" ? zone() : null})),
    question("/costs", askedCosts({...state, ...route.before(state)}, more)),
  ];
}

/** The zone of days. */
export function zone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A step that gives a chart a readable number of points; costs have none below an hour. */
export function stepOf(state, least = 60) {
  const span = route.spanSeconds(state);
  const old = Date.now() - route.moment(state.from) > 29 * DAY * 1000;
  const smallest = old ? HOUR : least;
  const steps = [
    [2 * HOUR, "1m", 60],
    [12 * HOUR, "5m", 300],
    [2 * DAY, "15m", 900],
    [4 * DAY, "1h", HOUR],
    [14 * DAY, "6h", 6 * HOUR],
  ];
  for (const [longest, text, seconds] of steps) {
    if (span <= longest) {
      return seconds < smallest ? "1h" : text;
    }
  }
  return "1d";
}

/** A name of a group, which filters by it when it is followed. */
export function groupLink(name, text, changes = {}) {
  if (text === null || text === undefined) {
    return el("a", {class: "absent", href: route.filtered(name, [""], changes)}, "none");
  }
  return el("a", {href: route.filtered(name, [text], changes)}, text === "" ? "(empty)" : text);
}

/** A link to the page of a team or a model. */
export function pageLink(name, value, text = value) {
  return el("a", {href: route.address({view: name, filters: {[name]: [value]}})}, text === "" ? "(empty)" : text);
}

/** The address of a GPU's page. */
export function gpuAddress(gpu, migId) {
  return route.address({view: "gpu", filters: {gpu: [gpu]}, migId});
}

/** A link to a GPU's page. */
export function gpuLink(gpu, migId = null, text = gpu) {
  return el("a", {href: gpuAddress(gpu, migId)}, text);
}

/** The name of a row's group in words. */
export function groupText(row, name) {
  const text = row[name];
  const folded = (row.folded ?? []).includes(name) ? " (folded)" : "";
  return `${text === null || text === undefined ? "none" : text === "" ? "(empty)" : text}${folded}`;
}

/** A coverage; what is less than whole stands out. */
export function coverage(part) {
  const node = share(part, "no GPU time is in it");
  if (part !== null && part !== undefined && part < WHOLE) {
    node.classList.add("low");
  }
  return node;
}

/** What stands under every sum of dollars: that its parts are the whole, and what it rests on. */
export function sumLine(answer) {
  const {usd: dollars, coverage: covered, method} = answer.totals;
  const notes = [];
  if (answer.totals.unpriced_tokens > 0) {
    notes.push([value(answer.totals.unpriced_tokens, `${answer.totals.unpriced_tokens}`), " tokens have no price"]);
  }
  if (answer.totals.gpu_s.unpriced > 0) {
    notes.push("some GPUs have no price");
  }
  if (!answer.complete) {
    notes.push("a part of this time has expired");
  }
  const line = el(
    "p",
    {class: "sum"},
    "attributed ",
    el("span", {"data-sum": "attributed"}, usd(dollars.attributed)),
    " + idle ",
    el("span", {"data-sum": "idle"}, usd(dollars.idle)),
    " + unknown ",
    el("span", {"data-sum": "unknown"}, usd(dollars.unknown)),
    " = total ",
    el("strong", {"data-sum": "total"}, usd(dollars.total)),
    " · coverage ",
    el("span", {"data-sum": "coverage"}, coverage(covered)),
    ` · basis ${answer.basis} · split by ${method.length === 0 ? "nothing yet" : method.join(", ")} · prices ${answer.price_version} · `,
    time(answer.from),
    " to ",
    time(answer.to),
    notes.map((note) => [" · ", el("span", {class: "low"}, note)]),
  );
  return el("div", {}, line, whyLower(answer));
}
