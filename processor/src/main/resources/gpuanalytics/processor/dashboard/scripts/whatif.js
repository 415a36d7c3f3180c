/** The same usage at another price, by another model or on another fleet, side by side. */
import {question} from "./api.js";
import {askedCosts, controls} from "./controls.js";
import {el} from "./dom.js";
import {field, offer, written} from "./fields.js";
import {absent, count, measure, rate, scaledText, share, time, usd, value} from "./format.js";
import {panel} from "./panel.js";
import * as route from "./route.js";
import {table} from "./table.js";
import {tile, tiles} from "./tiles.js";

export const title = "What-if";

const FLEET = [
  ["GPU model", "as_gpu_model", {list: []}],
  ["USD per GPU hour", "as_usd_per_hour", {inputmode: "decimal", size: 8}],
  ["GPUs, all of the time", "as_gpus", {inputmode: "numeric", size: 8}],
  ["Speed, times theirs", "as_speed", {inputmode: "decimal", size: 8}],
];
const NAMES = {ledger: "as it was", fleet: "other GPUs", api: "API"};
const NO_GPUS = "an API has no GPUs of ours";

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root, state) {
  const form = otherwise(state);
  const asking = panel("What if", {class: "wide"});
  const beside = panel("Side by side", {class: "wide"});
  asking.body.replaceChildren(form);
  root.append(controls(state, {basis: true}), asking.node, beside.node);
  const target = question("/costs/what-if", askedCosts(state, state.otherwise));
  const refresh = (signal) =>
    Promise.all([asking.fill(["/prices"], (prices) => suggest(form, prices), signal), beside.fill([target], sideBySide, signal)]);
  return {refresh};
}

/** What is asked for stands in the address; the form only makes another address. */
function otherwise(state) {
  const models = state.otherwise.as_model ?? [];
  const fields = FLEET.map(([label, name, more]) => field(label, name, {...more, value: state.otherwise[name]?.[0] ?? ""}));
  const chips = models.map((model) => el("span", {class: "chip"}, `API: ${model}`, el("a", {href: without(state, model), "aria-label": `without ${model}`}, "✕")));
  return el(
    "form",
    {class: "form", "aria-label": "Another fleet, other models", onsubmit: (event) => submitted(event, models)},
    fields,
    field("Add a model of an API", "as_model", {list: []}),
    el("button", {type: "submit"}, "Compare"),
    el("a", {href: route.address({otherwise: {}})}, "As it was"),
    chips,
  );
}

function submitted(event, models) {
  event.preventDefault();
  const {as_model: model, ...fleet} = written(event.target);
  const next = Object.fromEntries(Object.entries(fleet).filter(([, text]) => text !== "").map(([name, text]) => [name, [text]]));
  const all = model === "" || models.includes(model) ? models : [...models, model];
  route.go(route.address({otherwise: all.length === 0 ? next : {...next, as_model: all}}));
}

function without(state, model) {
  const {as_model: models, ...others} = state.otherwise;
  const left = models.filter((one) => one !== model);
  return route.address({otherwise: left.length === 0 ? others : {...others, as_model: left}});
}

function suggest(form, prices) {
  offer(form, "as_gpu_model", prices.gpus.map((one) => one.model));
  offer(form, "as_model", prices.models.map((one) => one.model));
}

function sideBySide(answer) {
  return [
    tiles(answer.rows.map((row) => tile(nameOf(row), route.address({}), usd(row.usd.total), note(row)))),
    comparison(answer.rows),
    el("p", {class: "quiet"}, `${scaledText(answer.hours)} h that are over, from `, time(answer.from), " to ", time(answer.to), "; other prices are those of ", time(answer.prices_at), ". Break-even: from so many tokens an hour on GPUs cost less than that API."),
  ];
}

function nameOf(row) {
  return row.model === null ? NAMES[row.scenario] : `${NAMES[row.scenario]}: ${row.model}`;
}

function note(row) {
  return row.scenario === "ledger" ? "what the ledger has" : row.usd.difference === null ? "some of it has no price, so there is no difference" : [row.usd.difference > 0 ? "more by " : "less by ", usd(Math.abs(row.usd.difference))];
}

function comparison(rows) {
  const dollars = (title, name) => ({title, unit: "USD", cell: (row) => usd(row.usd[name], "nothing of it has a price"), by: (row) => row.usd[name]});
  const ofGpus = (title, unit, name, text) => ({title, unit, cell: (row) => (row.gpus === null ? absent(NO_GPUS) : text(row.gpus[name])), by: (row) => row.gpus?.[name]});
  const breakEven = (title, unit, name, text) => ({title, unit, cell: (row) => (row.break_even === null ? absent("it is not compared with GPUs") : text(row.break_even[name])), by: (row) => row.break_even?.[name]});
  return table({
    name: "Side by side",
    columns: [
      {title: "Answered", text: true, cell: nameOf, by: nameOf},
      dollars("GPUs", "gpus"),
      dollars("Tokens", "tokens"),
      dollars("Total", "total"),
      dollars("Difference", "difference"),
      {title: "Per M tokens", unit: "USD", cell: (row) => rate(row.usd_per_million_tokens, "some of it has no price"), by: (row) => row.usd_per_million_tokens},
      {title: "Usage", unit: "tokens", cell: (row) => count(row.tokens), by: (row) => row.tokens},
      {title: "Without price", unit: "tokens", cell: (row) => value(row.unpriced_tokens, scaledText(row.unpriced_tokens)), by: (row) => row.unpriced_tokens},
      ofGpus("GPUs at a time", "", "count", (n) => measure(n, "GPUs", "no hour is over")),
      ofGpus("GPU time", "h", "hours", (n) => count(n, "there is none", "h")),
      ofGpus("Claimed", "", "utilization", (n) => share(n, "there is no GPU time")),
      ofGpus("Each", "USD/h", "usd_per_hour", (n) => rate(n, "no GPU has a price")),
      breakEven("Break-even", "tokens/h", "tokens_per_hour", (n) => count(n, "it has no price")),
      breakEven("Busy then", "", "utilization", (n) => share(n, "not known")),
      {title: "Price from", text: true, cell: (row) => row.source ?? "–", by: (row) => row.source},
    ],
    rows,
  });
}
