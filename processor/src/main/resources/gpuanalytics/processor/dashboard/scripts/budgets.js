/** What may be spent: how much is, how much will be, and which thresholds were reached. */
import {ask, put} from "./api.js";
import {el, keep, kept, replace} from "./dom.js";
import {field, written} from "./fields.js";
import {absent, share, time, usd} from "./format.js";
import {choice, panel} from "./panel.js";
import {pageLink} from "./controls.js";
import {table} from "./table.js";

export const title = "Budgets";
export const keepsFilters = false;

const SCOPE = ["team", "user", "model", "project"];
const PERIODS = ["month", "week", "day"];
const NOT_FORECAST = "no hour of the past tells what is to come";
const WHO = "budgets put by";

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root) {
  const list = panel("Budgets", {class: "wide"});
  const change = panel("Change budgets", {class: "wide"});
  const form = budgetForm((next) => apply(next));
  replace(change.body, form);
  root.append(list.node, change.node);
  let signal = new AbortController().signal;

  const fill = () => list.fill(["/budgets"], (answer) => [told(answer), budgetTable("Budgets", answer.budgets, (budget) => actions(budget, form, apply))], signal);

  /** Those there are now, as `next` changes them: asked for anew, so that only who puts in the same moment is overwritten. */
  async function apply(next) {
    const {by, token} = written(form);
    const status = form.querySelector("[role=status]");
    try {
      const held = await ask("/budgets", signal);
      await put("/budgets", {...(by === "" ? {} : {by}), budgets: next(held.budgets.map(plain))}, token);
      keep(WHO, by);
      status.textContent = "Kept.";
    } catch (problem) {
      status.textContent = `Not kept: ${problem.message}`;
    }
    await fill();
  }

  const refresh = (asking) => {
    signal = asking;
    return fill();
  };
  return {refresh};
}

function told(answer) {
  return el("p", {class: "quiet"}, answer.created_at === null ? "No budgets were put yet." : ["As put ", time(answer.created_at), ` by ${answer.by ?? "somebody"}. Spending is that of /costs, in UTC periods.`]);
}

/** What is put, without how it stands. */
function plain(budget) {
  const {name, period, usd: dollars, thresholds_percent: thresholds} = budget;
  const scope = Object.fromEntries(SCOPE.filter((one) => budget[one] !== null).map((one) => [one, budget[one]]));
  return {name, ...scope, period, usd: dollars, thresholds_percent: thresholds};
}

function actions(budget, form, apply) {
  const others = (budgets) => budgets.filter((one) => one.name !== budget.name);
  return [
    el("button", {type: "button", "data-key": `change ${budget.name}`, "aria-label": `Change ${budget.name}`, onclick: () => fillIn(form, budget)}, "Change"),
    " ",
    el("button", {type: "button", "data-key": `remove ${budget.name}`, "aria-label": `Remove ${budget.name}`, onclick: () => apply(others)}, "Remove"),
  ];
}

function budgetForm(apply) {
  const form = el(
    "form",
    {class: "form", "aria-label": "A budget", onsubmit: (event) => submitted(event, apply)},
    field("Name", "name", {required: true, maxlength: 100}),
    SCOPE.map((name) => field(`Only this ${name}`, name, {placeholder: "any"})),
    choice("Per", PERIODS.map((one) => [one, one]), PERIODS[0], () => undefined, "period"),
    field("USD", "usd", {required: true, inputmode: "decimal", size: 8}),
    field("Tell at, %", "thresholds", {value: "50, 80, 100", size: 10}),
    field("Put by", "by", {required: true, value: kept(WHO) ?? "", size: 12}),
    field("Token, beyond this machine", "token", {type: "password", size: 12}),
    el("button", {type: "submit"}, "Keep this budget"),
    el("p", {role: "status", class: "quiet"}),
  );
  return form;
}

function fillIn(form, budget) {
  for (const name of ["name", ...SCOPE, "period", "usd"]) {
    form.elements[name].value = budget[name] ?? "";
  }
  form.elements.thresholds.value = budget.thresholds_percent.join(", ");
  form.elements.usd.focus();
}

function submitted(event, apply) {
  event.preventDefault();
  const text = written(event.target);
  const scope = Object.fromEntries(SCOPE.filter((one) => text[one] !== "").map((one) => [one, text[one]]));
  const thresholds = text.thresholds.split(",").map((one) => one.trim()).filter((one) => one !== "");
  const budget = {name: text.name, ...scope, period: text.period, usd: number(text.usd), thresholds_percent: thresholds.map(number)};
  apply((budgets) => (budgets.some((one) => one.name === budget.name) ? budgets.map((one) => (one.name === budget.name ? budget : one)) : [...budgets, budget]));
}

/** What is no number goes as it is, and comes back with the API's own words. */
function number(text) {
  return text === "" || Number.isNaN(Number(text)) ? text : Number(text);
}

/** The table of budgets and how they stand. */
export function budgetTable(name, budgets, more = null) {
  const spent = (budget) => budget.spent_usd / budget.usd;
  const forecast = (budget) => (budget.forecast_usd === null ? null : budget.forecast_usd / budget.usd);
  return table({
    name,
    columns: [
      {title: "Budget", text: true, cell: (budget) => budget.name, by: (budget) => budget.name},
      {title: "Counts", text: true, cell: scopeOf, by: (budget) => SCOPE.map((one) => budget[one]).join()},
      {title: "Period", text: true, cell: (budget) => el("span", {title: `since ${budget.period_start}`}, `this ${budget.period}`), by: (budget) => budget.period_start},
      {title: "May spend", unit: "USD", cell: (budget) => usd(budget.usd), by: (budget) => budget.usd},
      {title: "Spent", unit: "USD", cell: (budget) => [usd(budget.spent_usd), budget.priced ? null : el("span", {class: "low note"}, "and what has no price")], by: (budget) => budget.spent_usd},
      {title: "Spent, share", cell: (budget) => stood(spent(budget)), by: spent},
      {title: "Forecast", unit: "USD", cell: (budget) => usd(budget.forecast_usd, NOT_FORECAST), by: (budget) => budget.forecast_usd},
      {title: "Forecast, share", cell: (budget) => (forecast(budget) === null ? absent(NOT_FORECAST) : stood(forecast(budget))), by: forecast},
      {title: "Told at", text: true, cell: thresholds, by: (budget) => budget.alerts.length},
      ...(more === null ? [] : [{title: "Change", text: true, cell: more, by: (budget) => budget.name}]),
    ],
    rows: budgets,
  });
}

/** A share with its bar, and a word where it is more than all. */
function stood(part) {
  return [part > 1 ? el("span", {class: "low"}, "▲ over ") : null, share(part), " ", el("progress", {max: 1, value: Math.min(1, part), "aria-hidden": "true"})];
}

function scopeOf(budget) {
  const parts = SCOPE.filter((one) => budget[one] !== null).map((one, index) => [index > 0 ? ", " : "", `${one} `, one === "team" || one === "model" ? pageLink(one, budget[one]) : budget[one]]);
  return parts.length === 0 ? "everything" : el("span", {}, ...parts.flat());
}

function thresholds(budget) {
  const at = new Map(budget.alerts.map((alert) => [alert.threshold_percent, alert.at]));
  return el("span", {}, ...budget.thresholds_percent.flatMap((percent, index) => [index > 0 ? ", " : "", at.has(percent) ? el("span", {class: "low", title: at.get(percent)}, `${percent} % reached`) : `${percent} %`]));
}
