/** One number with its name and a note; the whole of it is a link. */
import {coverage} from "./controls.js";
import {el} from "./dom.js";
import {count, measure, rate, share, timeText, usd} from "./format.js";
import * as route from "./route.js";
import {trend} from "./trend.js";

const NO_TOKENS = "no tokens with a price";

/** A row of them. */
export function tiles(...each) {
  return el("div", {class: "tiles"}, each);
}

export function tile(name, href, content, note, more = null) {
  return el("div", {class: "tile", "data-tile": name}, el("a", {href}, name), el("strong", {}, content), more, el("small", {}, note));
}

/** What the totals of an answer of costs say; history: what `trend` takes. */
export function costTiles(answer, history) {
  const {totals} = answer;
  const dollars = totals.usd;
  const went = (of, options) => trend(of, totals, history, options);
  const costs = route.address({view: "cost"});
  return [
    tile("In this time", costs, usd(dollars.total), `since ${timeText(answer.from)}`, went((some) => some.usd.total)),
    tile("USD per million tokens", costs, rate(totals.usd_per_million_tokens, NO_TOKENS), "attributed dollars by priced tokens", went((some) => some.usd_per_million_tokens)),
    tile("Idle share", route.address({view: "waste"}), share(idleShare(totals), "nothing has a price"), ["of all dollars: ", usd(dollars.idle)], went(idleShare, {share: true})),
    tile("Joules per token", costs, measure(totals.joules_per_token, "J per token", "no power readings"), "of GPUs that tell of energy", went((some) => some.joules_per_token)),
    tile("Coverage", costs, coverage(totals.coverage), "of the GPUs' time is told by samples", went((some) => some.coverage, {share: true})),
    tile("Requests", route.address({view: "tokens"}), count(totals.requests), [count(totals.errors), " errors"], went((some) => some.requests)),
  ];
}

function idleShare({usd: dollars}) {
  return dollars.total === null || dollars.total === 0 ? null : dollars.idle / dollars.total;
}

/** Input and output apart. */
export function rateTiles(answer) {
  const {totals} = answer;
  const costs = route.address({view: "cost"});
  return [
    tile("USD per million input", costs, rate(totals.usd_per_million_input_tokens, NO_TOKENS), [count(totals.prompt_tokens), " tokens"]),
    tile("USD per million output", costs, rate(totals.usd_per_million_output_tokens, NO_TOKENS), [count(totals.completion_tokens), " tokens"]),
  ];
}
