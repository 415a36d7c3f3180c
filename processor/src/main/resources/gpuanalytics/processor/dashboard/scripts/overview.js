/** What it costs, for whom, what is wasted, what a million tokens is, and whether the number is whole. */
import {ask, question} from "./api.js";
import {askedCosts, controls, coverage, sumLine} from "./controls.js";
import {costChart, costTable} from "./cost.js";
import {el, replace} from "./dom.js";
import {emptyState} from "./empty.js";
import {absent, count, measure, rate, share, timeText, usd} from "./format.js";
import * as live from "./live.js";
import {panel} from "./panel.js";
import {healthLine} from "./pipeline.js";
import * as route from "./route.js";
import {sentence} from "./waste.js";

export const title = "Overview";

const MOST_WASTERS = 5;
const NO_TOKENS = "no tokens with a price";

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root, state) {
  const health = el("p", {class: "line", "data-line": "pipeline"}, "Pipeline: …");
  const empty = el("div", {class: "wide-row"});
  const tiles = panel("Money", {class: "wide"});
  const sum = el("div", {class: "wide-row"});
  const over = costChart("team");
  const models = panel("Models", {class: "wide"});
  const wasters = panel("Most wasted", {class: "wide"});
  root.append(health, empty, controls(state, {basis: true}), tiles.node, sum, over.node, models.node, wasters.node);
  const hour = question("/costs", askedCosts({...state, from: "now-1h", to: null}));
  const range = question("/costs", askedCosts(state));
  const {host, gpu_model: name, gpu} = state.filters;
  const info = question("/gpu/info", {host, name, gpu});
  const isWhole = Object.keys(state.filters).every((filter) => ["host", "gpu_model", "gpu"].includes(filter));
  const byModel = question("/costs", askedCosts(state, {group_by: "model"}));
  const waste = question("/waste", askedCosts(state, {group_by: "team"}));
  const stop = live.on("state", (now, rates) => replace(health, el("a", {href: "/?view=pipeline"}, "Pipeline"), ": ", healthLine(now, rates)));
  const refresh = (signal) =>
    Promise.all([
      tiles.fill([hour, range, info], (last, whole, gpus) => {
        replace(sum, sumLine(whole));
        showEmpty(empty, whole, gpus, signal);
        return tileRow(last, whole, isWhole ? gpus.gpus.filter((one) => one.mig_id === undefined).length : null);
      }, signal),
      over.refresh(state, signal),
      models.fill([byModel], (answer) => costTable("Models", answer, "model"), signal),
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

function tileRow(hour, range, gpus) {
  const dollars = range.totals.usd;
  const idle = dollars.total === null || dollars.total === 0 ? null : dollars.idle / dollars.total;
  const costs = route.address({view: "cost"});
  return el("div", {class: "tiles"}, [
    tile("Last hour", costs, usd(hour.totals.usd.total), `in whole hours, since ${timeText(hour.from)}`),
    tile("In this time", costs, usd(dollars.total), `since ${timeText(range.from)}`),
    tile("Now, USD per hour", route.address({view: "fleet"}), perHour(hour, gpus), gpus === null ? "" : `${gpus} GPUs at the mean price of the last hour`),
    tile("USD per million tokens", costs, rate(range.totals.usd_per_million_tokens, NO_TOKENS), "attributed dollars by priced tokens"),
    tile("Idle share", route.address({view: "waste"}), share(idle, "nothing has a price"), ["of all dollars: ", usd(dollars.idle)]),
    tile("Joules per token", costs, measure(range.totals.joules_per_token, "J per token", "no power readings"), "of GPUs that tell of energy"),
    tile("Coverage", costs, coverage(range.totals.coverage), "of the GPUs' time is told by samples"),
    tile("Requests", route.address({view: "tokens"}), count(range.totals.requests), [count(range.totals.errors), " errors"]),
  ]);
}

function tile(name, href, content, note) {
  return el("div", {class: "tile", "data-tile": name}, el("a", {href}, name), el("strong", {}, content), el("small", {}, note));
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
