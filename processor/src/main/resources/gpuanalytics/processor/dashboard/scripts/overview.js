/** What it costs, for whom, what is wasted, what a million tokens is, and whether the number is whole. */
import {ask, question} from "./api.js";
import {added} from "./chart.js";
import {askedCosts, controls, overTime, sumLine, zone} from "./controls.js";
import {costChart, costTable} from "./cost.js";
import {el, replace} from "./dom.js";
import {emptyState} from "./empty.js";
import {absent, timeText, usd} from "./format.js";
import * as live from "./live.js";
import {panel} from "./panel.js";
import {healthLine} from "./pipeline.js";
import * as route from "./route.js";
import {costTiles, tile, tiles} from "./tiles.js";
import {sentence} from "./waste.js";

export const title = "Overview";

const MOST_WASTERS = 5;

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root, state) {
  const health = el("p", {class: "line", "data-line": "pipeline"}, "Pipeline: …");
  const empty = el("div", {class: "wide-row"});
  const money = panel("Money", {class: "wide"});
  const sum = el("div", {class: "wide-row"});
  const over = costChart("team");
  const teams = panel("Teams", {class: "wide"});
  const models = panel("Models", {class: "wide"});
  const wasters = panel("Most wasted", {class: "wide"});
  root.append(health, empty, controls(state, {basis: true}), money.node, sum, over.node, teams.node, models.node, wasters.node);
  const hour = question("/costs", askedCosts({...state, from: "now-1h", to: null}));
  const today = question("/costs", askedCosts({...state, from: "now-24h", to: null}, {step: "1d", tz: zone()}));
  const range = question("/costs", askedCosts(state));
  const {host, gpu_model: name, gpu} = state.filters;
  const info = question("/gpu/info", {host, name, gpu});
  const isWhole = Object.keys(state.filters).every((filter) => ["host", "gpu_model", "gpu"].includes(filter));
  const byTeam = question("/costs", askedCosts(state, {group_by: "team"}));
  const byModel = question("/costs", askedCosts(state, {group_by: "model"}));
  const waste = question("/waste", askedCosts(state, {group_by: "team"}));
  const stop = live.on("state", (now, rates) => replace(health, el("a", {href: "/?view=pipeline"}, "Pipeline"), ": ", healthLine(now, rates)));
  const refresh = (signal) =>
    Promise.all([
      money.fill([hour, today, range, info, ...overTime(state)], (last, day, whole, gpus, steps, before) => {
        replace(sum, sumLine(whole));
        showEmpty(empty, whole, gpus, signal);
        return moneyTiles(last, day, costTiles(whole, {steps, before}), isWhole ? gpus.gpus.filter((one) => one.mig_id === undefined).length : null);
      }, signal),
      over.refresh(state, signal),
      teams.fill([byTeam], (answer) => costTable("Teams", answer, "team", true), signal),
      models.fill([byModel], (answer) => costTable("Models", answer, "model", true), signal),
      wasters.fill([waste], wasterList, signal),
    ]);
  return {
    refresh,
    stop: () => {
      stop();
      over.stop();
    },
  };
}

/** Only where nothing has ever come, not where this time has none. */
async function showEmpty(node, whole, gpus, signal) {
  if (whole.totals.requests > 0 || gpus.gpus.length > 0 || gpus.left_out > 0) {
    replace(node);
    return;
  }
  const ever = await ask(question("/tokens", {from: "now-399d", step: "total"}), signal).catch(() => null);
  replace(node, ever !== null && ever.totals.requests === 0 ? emptyState() : null);
}

function moneyTiles(hour, day, [inThisTime, ...others], gpus) {
  const costs = route.address({view: "cost"});
  return tiles(
    tile("Last hour", costs, usd(hour.totals.usd.total), `in whole hours, since ${timeText(hour.from)}`),
    tile("Today", route.address({view: "cost", from: String(midnight(0)), to: null}), usd(soFar(day)), ["forecast at the rate of the last hour: ", forecast(hour, day)]),
    inThisTime,
    tile("Now, USD per hour", route.address({view: "fleet"}), perHour(hour, gpus), gpus === null ? "" : `${gpus} GPUs at the mean price of the last hour`),
    ...others,
  );
}

/** Where this day, or a later one, begins here, in ms. */
function midnight(days) {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() + days);
  return day.getTime();
}

/** What today has cost; a day without anything has no row. */
function soFar(day) {
  // days of a zone begin with an hour as it is stored
  const today = Math.floor(midnight(0) / 3_600_000) * 3_600_000;
  return added(day.rows.filter((row) => Date.parse(row.ts) >= today).map((row) => row.usd.total));
}

/** The day so far, and the rest of it as the last hour was. */
function forecast(hour, day) {
  const spent = soFar(day);
  const perMs = hour.totals.usd.total === null ? null : hour.totals.usd.total / Math.max(1, Math.min(Date.parse(hour.to), Date.now()) - Date.parse(hour.from));
  return spent === null || perMs === null ? absent("nothing of the last hour has a price") : usd(spent + perMs * Math.max(0, midnight(1) - Date.now()));
}

/** The mean price of the time that has one, for all GPUs there are. */
function perHour(hour, gpus) {
  const {attributed, idle, unknown, unpriced} = hour.totals.gpu_s;
  const priced = (attributed ?? 0) + (idle ?? 0) + (unknown ?? 0) - (unpriced ?? 0);
  const total = hour.totals.usd.total;
  if (gpus === null) {
    return absent("samples do not tell GPUs apart by these filters");
  }
  return total === null || priced <= 0 || gpus === 0 ? absent("no GPU time of the last hour has a price") : usd((total / priced) * 3600 * gpus);
}

function wasterList(answer) {
  const rows = answer.rows.filter((row) => row.idle.gpu_s > 0).sort((a, b) => (b.idle.usd ?? -1) - (a.idle.usd ?? -1));
  if (rows.length === 0) {
    return el("p", {class: "quiet"}, "Nothing is idle in this time.");
  }
  return el("ol", {class: "wasters"}, rows.slice(0, MOST_WASTERS).map((row) => el("li", {}, el("strong", {}, usd(row.idle.usd)), " ", el("a", {href: route.filtered("team", [row.team ?? ""], {view: "waste", groupBy: "gpu"})}, sentence(row, "team")))));
}
