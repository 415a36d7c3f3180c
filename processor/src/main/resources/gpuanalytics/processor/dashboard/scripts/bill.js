/** Why a sum may be lower than what the provider bills. */
import {question} from "./api.js";
import {el} from "./dom.js";
import {hours, share, usd, value} from "./format.js";
import * as route from "./route.js";

/** Whether it was opened; answers that come anew leave it so. */
let opened = false;

/** What explains a difference, each with its size; to be opened under a sum. */
export function whyLower(answer) {
  const reasons = [...untold(answer), ...unpriced(answer), ...narrowed()];
  const {from, to} = answer;
  const compare = question("/reconcile", {from, to, bill: "1000", ...route.current().filters});
  const node = el(
    "details",
    {class: "why", open: opened},
    el("summary", {}, "Why is this lower than my bill?"),
    el(
      "ul",
      {},
      reasons.map((reason) => el("li", {}, reason)),
      el("li", {}, "A bill also holds what is neither GPU nor token: disks, network, support, discounts and tax."),
      el("li", {}, "Put the bill beside these sums: ", el("a", {href: compare}, "/reconcile"), " with the bill's dollars in place of 1000."),
    ),
  );
  node.addEventListener("toggle", () => {
    opened = node.open;
  });
  return node;
}

function untold(answer) {
  const {usd: dollars, coverage} = answer.totals;
  const reasons = [];
  if (coverage !== null && coverage < 1) {
    reasons.push([share(coverage), " of the GPUs' time is told by samples. A GPU costs nothing here before its first sample and after its last."]);
  }
  if (dollars.unknown > 0) {
    reasons.push([usd(dollars.unknown), " is for time in which a GPU was there and nobody told what it did. It is in the total."]);
  }
  if (!answer.complete) {
    reasons.push("A part of this time has expired: only what is still kept is in the sums.");
  }
  return reasons;
}

function unpriced(answer) {
  const {gpu_s: time, unpriced_tokens: tokens} = answer.totals;
  const reasons = [];
  if (time.unpriced > 0) {
    reasons.push([hours(time.unpriced), ` GPU hours have no price${named(answer.unpriced_gpus)}: put one at `, el("a", {href: "/prices"}, "/prices"), "."]);
  }
  if (tokens > 0) {
    reasons.push([value(tokens, String(tokens)), ` tokens have no price${named(answer.unpriced_models)}.`]);
  }
  return reasons;
}

function named(models) {
  return models.length === 0 ? "" : ` (${models.join(", ")})`;
}

function narrowed() {
  const filters = Object.keys(route.current().filters);
  return filters.length === 0 ? [] : [`Only what fits ${filters.join(" and ").replace("_", " ")} is counted; idle time has no model, user or project.`];
}
