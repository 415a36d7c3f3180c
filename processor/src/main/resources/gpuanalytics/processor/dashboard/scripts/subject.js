/** The page of one team or one model: what it costs, how fast it is answered, and what it wastes. */
import {question} from "./api.js";
import {budgetTable} from "./budgets.js";
import {chart} from "./chart.js";
import {asked, askedCosts, controls, overTime, stepOf, sumLine, zone} from "./controls.js";
import {costChart, costTable} from "./cost.js";
import {el, replace} from "./dom.js";
import {panel} from "./panel.js";
import {costTiles, rateTiles, tiles} from "./tiles.js";
import {timeLines} from "./tokens.js";
import {wasteTable} from "./waste.js";

/** By what its costs are parted. */
const PARTS = {team: ["model", "user", "project"], model: ["team", "user", "gpu"]};
const TITLES = {team: "Team", model: "Model"};

/** The view of a team, or of a model. */
export function subject(what) {
  return {title: TITLES[what], hidden: true, build: (root, state) => build(root, state, what)};
}

function build(root, state, what) {
  const name = state.filters[what]?.[0];
  if (name === undefined) {
    root.append(el("p", {class: "sum"}, `No ${what} is named. `, el("a", {href: `/?view=cost&group_by=${what}`}, `Choose one by its cost.`)));
    return {refresh: async () => undefined};
  }
  const shown = [money(state, `${TITLES[what]} ${name}`), costs(state, PARTS[what][0]), ...PARTS[what].map((part) => parted(state, part)), times(state)];
  if (what === "team") {
    shown.push(budgets(name), wasted(state));
  }
  root.append(controls(state, {basis: true}), ...shown.map((one) => one.node));
  return {
    refresh: (signal) => Promise.all(shown.map((one) => one.refresh(signal))),
    stop: () => shown.forEach((one) => one.stop?.()),
  };
}

function money(state, title) {
  const node = el("div", {class: "wide-row"});
  const sum = el("div", {class: "below"});
  const shown = panel(title, {class: "wide"});
  node.append(shown.node, sum);
  const refresh = (signal) => shown.fill([question("/costs", askedCosts(state)), ...overTime(state)], (answer, steps, before) => {
    replace(sum, sumLine(answer));
    return tiles(...costTiles(answer, {steps, before}), ...rateTiles(answer));
  }, signal);
  return {node, refresh};
}

function costs(state, groupBy) {
  const over = costChart(groupBy);
  return {node: over.node, refresh: (signal) => over.refresh(state, signal), stop: over.stop};
}

function parted(state, groupBy) {
  const shown = panel(`Cost by ${groupBy}`, {class: "wide"});
  const target = question("/costs", askedCosts(state, {group_by: groupBy}));
  return {node: shown.node, refresh: (signal) => shown.fill([target], (answer) => costTable(`Cost of it by ${groupBy}`, answer, groupBy, true), signal)};
}

function times(state) {
  const title = "Latency and time to first token, ms";
  const shown = panel(title, {class: "wide"});
  const drawn = chart(title);
  replace(shown.body, drawn.node);
  const step = stepOf(state);
  const target = question("/tokens", asked(state, {step, tz: step === "1d" ? zone() : null, gpu_model: null, host: null}));
  return {node: shown.node, refresh: (signal) => shown.fill([target], (answer) => drawn.show(timeLines(answer)), signal), stop: drawn.stop};
}

function budgets(team) {
  const shown = panel("Budgets of this team", {class: "wide"});
  return {node: shown.node, refresh: (signal) => shown.fill(["/budgets"], (answer) => budgetTable("Budgets of this team", answer.budgets.filter((one) => one.team === team)), signal)};
}

function wasted(state) {
  const shown = panel("Waste by gpu", {class: "wide"});
  const target = question("/waste", askedCosts(state, {group_by: "gpu"}));
  return {node: shown.node, refresh: (signal) => shown.fill([target], (answer) => wasteTable(answer, "gpu"), signal)};
}
