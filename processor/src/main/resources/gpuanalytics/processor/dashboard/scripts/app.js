/** The page: which view is shown, and when it asks again. */
import {el, replace} from "./dom.js";
import * as live from "./live.js";
import * as budgets from "./budgets.js";
import * as cost from "./cost.js";
import * as fleet from "./fleet.js";
import * as gpu from "./gpu.js";
import * as overview from "./overview.js";
import * as pipeline from "./pipeline.js";
import * as rejects from "./rejects.js";
import * as route from "./route.js";
import {subject} from "./subject.js";
import * as theme from "./theme.js";
import * as tokens from "./tokens.js";
import * as waste from "./waste.js";
import * as whatif from "./whatif.js";

const VIEWS = {overview, fleet, cost, tokens, waste, whatif, budgets, rejects, pipeline, gpu, team: subject("team"), model: subject("model")};
const FIRST = "overview";

/** Answers are asked for again at most so often, and never for more than a fifth of the time. */
const LEAST_MS = 5000;
const TIMES_AS_LONG = 4;

/** Without the stream nobody tells when answers have changed. */
const WITHOUT_STREAM_MS = 30_000;

/** What has been stored is seen in sums a little later. */
const SETTLED_MS = 3000;

const main = document.getElementById("main");
let shown = {stop: () => undefined, refresh: async () => undefined, abort: new AbortController()};
let nextAt = 0;
let wanted = false;
let asking = false;
let changedAt = 0;

function show() {
  shown.stop();
  shown.abort.abort();
  const state = route.current();
  const view = VIEWS[state.view] ?? VIEWS[FIRST];
  const root = el("div", {class: `view ${view.name ?? ""}`});
  const built = view.build(root, state);
  replace(main, root);
  shown = {stop: built.stop ?? (() => undefined), refresh: built.refresh, abort: new AbortController()};
  document.title = `${view.title} – GPU and token analytics`;
  navigation(view);
  scrollTo(0, 0);
  wanted = false;
  refresh();
}

function navigation(view) {
  const links = Object.entries(VIEWS)
    .filter(([, one]) => one.hidden !== true)
    .map(([name, one]) => el("a", {href: route.address({view: name, filters: one.keepsFilters === false ? {} : route.current().filters}), "aria-current": one === view ? "page" : null}, one.title));
  replace(document.getElementById("views"), links);
}

async function refresh() {
  const mine = shown;
  asking = true;
  const start = performance.now();
  try {
    await mine.refresh(mine.abort.signal);
  } catch (failure) {
    if (!mine.abort.signal.aborted) {
      console.error(failure);
    }
  }
  if (mine === shown) {
    asking = false;
    const took = performance.now() - start;
    nextAt = performance.now() + Math.max(LEAST_MS, TIMES_AS_LONG * took);
    main.dataset.shown = route.current().view;
    performance.mark("shown");
  }
}

function tick() {
  const now = performance.now();
  const unheard = !live.isLive() && now > nextAt + WITHOUT_STREAM_MS;
  if (asking || document.hidden || now < nextAt || !(wanted || unheard)) {
    return;
  }
  wanted = now - changedAt < SETTLED_MS;
  refresh();
}

live.on("changed", () => {
  wanted = true;
  changedAt = performance.now();
});
route.onChange(show);
route.start();
theme.start(document.getElementById("theme"), show);
live.start();
show();
setInterval(tick, 500);
