/** How a number went: a small line without axes, and the change against the same span before. */
import {el, svg} from "./dom.js";
import {changeText, pointsText, timeText} from "./format.js";

const WIDTH = 100;
const HEIGHT = 20;

/** Below it, the span before does not tell what it was. */
const ENOUGH = 0.9;

/**
 * The trend of a number.
 *
 * of: takes totals or a row, and gives the number or null. steps: the answer over time; before: that of the span
 * before. share: whether it is one, whose change is in points.
 */
export function trend(of, totals, {steps, before}, {share = false} = {}) {
  return el("span", {class: "trend"}, line(steps, of), change(of(totals), before, of, share));
}

function line(steps, of) {
  const values = new Map(steps.rows.map((row) => [Date.parse(row.ts), of(row)]));
  const known = [...values.values()].filter((value) => value !== null);
  const starts = [...values.keys()];
  const first = Math.min(...starts);
  const last = Math.max(...starts);
  if (known.length < 2) {
    return null;
  }
  const high = Math.max(...known);
  const x = (start) => rounded(((start - first) / (last - first)) * WIDTH);
  const y = (value) => rounded(HEIGHT - 1 - (high > 0 ? value / high : 0) * (HEIGHT - 2));
  const lines = runs(starts.sort((a, b) => a - b), values, steps.step_s).map((run) => run.map((start) => `${x(start)},${y(values.get(start))}`));
  return svg(
    "svg",
    {class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true"},
    lines.map((points) => svg("polyline", {points: (points.length === 1 ? [points[0], points[0]] : points).join(" ")})),
  );
}

/** What is known without a step between that is not: a gap is a gap. */
function runs(starts, values, step) {
  const all = [];
  let before = null;
  for (const start of starts) {
    if (values.get(start) === null) {
      before = null;
      continue;
    }
    if (before === null || (step !== null && start - before > step * 1000)) {
      all.push([]);
    }
    all.at(-1).push(start);
    before = start;
  }
  return all;
}

function rounded(number) {
  return Math.round(number * 100) / 100;
}

function change(now, before, of, share) {
  const then = before.totals.coverage === null || before.totals.coverage < ENOUGH ? null : of(before.totals);
  if (now === null || then === null || (then === 0 && !share)) {
    return null;
  }
  const part = share ? now - then : now / then - 1;
  return el("span", {class: "change", "data-change": part, title: `against ${then}, ${timeText(before.from)} to ${timeText(before.to)}`}, share ? pointsText(part) : changeText(part));
}
