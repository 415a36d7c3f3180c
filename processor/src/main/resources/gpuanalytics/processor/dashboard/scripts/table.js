/**
 * Tables: sorted by any column, the totals below, at most so many rows at first. On a narrow page each row is a card;
 * the roles say that it is a table there too.
 */
import {csvText} from "./csv.js";
import {el, replace} from "./dom.js";

const FIRST_ROWS = 200;
const sorting = new Map();

/** Tables of which all rows are shown: the next answer must not take them away. */
const opened = new Set();

/**
 * A table.
 *
 * columns: {title, unit, text, cell(row), by(row)}: `cell` makes what is shown, `by` what is sorted by, `text` is
 * true where it is no number. totals: a row that `cell` understands too, or null.
 */
export function table({name, columns, rows, totals = null, sortedBy = null}) {
  const node = el("div", {class: "scroll", role: "group", "aria-label": name, tabindex: "0"});
  const order = sorting.get(name) ?? (sortedBy === null ? null : {title: sortedBy, down: true});
  draw(node, {name, columns, rows, totals, order, all: opened.has(name)});
  node.csv = () => csvText(columns, totals === null ? rows : [...rows, totals]);
  return node;
}

function draw(node, what) {
  const sorted = ordered(what);
  const shown = what.all ? sorted : sorted.slice(0, FIRST_ROWS);
  const more = sorted.length - shown.length;
  const parts = [
    el(
      "table",
      {role: "table"},
      el("caption", {class: "hidden"}, what.name),
      el("thead", {role: "rowgroup"}, el("tr", {role: "row"}, what.columns.map((column) => head(node, what, column)))),
      el("tbody", {role: "rowgroup"}, shown.map((row) => line(what.columns, row))),
      what.totals === null ? null : el("tfoot", {role: "rowgroup"}, line(what.columns, what.totals, true)),
    ),
  ];
  if (rowsAreNone(what)) {
    parts.push(el("p", {class: "quiet"}, "nothing in this time"));
  }
  if (more > 0) {
    const open = () => {
      opened.add(what.name);
      draw(node, {...what, all: true});
    };
    parts.push(el("button", {type: "button", onclick: open}, `Show ${more} more rows`));
  }
  replace(node, parts);
}

function rowsAreNone(what) {
  return what.rows.length === 0;
}

function ordered({columns, rows, order}) {
  const column = columns.find((one) => order !== null && one.title === order.title);
  if (column === undefined) {
    return rows;
  }
  const sign = order.down ? -1 : 1;
  return [...rows].sort((a, b) => compared(column.by(a), column.by(b), sign));
}

/** What is absent comes last, whichever way. */
function compared(a, b, sign) {
  if (a === null || a === undefined || b === null || b === undefined) {
    return Number(a === null || a === undefined) - Number(b === null || b === undefined);
  }
  return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
}

function head(node, what, column) {
  const sorted = what.order !== null && what.order.title === column.title;
  const turn = () => {
    const order = {title: column.title, down: sorted ? !what.order.down : column.text !== true};
    sorting.set(what.name, order);
    draw(node, {...what, order});
  };
  const arrow = sorted ? (what.order.down ? " ▾" : " ▴") : "";
  return el(
    "th",
    {scope: "col", role: "columnheader", class: column.text ? "text" : "number", "aria-sort": sorted ? (what.order.down ? "descending" : "ascending") : "none"},
    el("button", {type: "button", class: "sort", "data-key": column.title, onclick: turn}, column.title, arrow, column.unit ? el("small", {}, ` ${column.unit}`) : null),
  );
}

function line(columns, row, isTotal = false) {
  return el(
    "tr",
    {role: "row", class: isTotal ? "total" : null},
    columns.map((column, index) => {
      const content = isTotal && index === 0 ? "Total" : column.cell(row);
      return index === 0
        ? el("th", {scope: "row", role: "rowheader", class: column.text ? "text" : "number"}, content)
        : el("td", {role: "cell", class: column.text ? "text" : "number", "data-column": column.title, "data-unit": column.unit ?? ""}, content);
    }),
  );
}

/** Names with their values, one below the other. */
export function facts(entries) {
  return el(
    "dl",
    {class: "facts"},
    entries.map(([name, content]) => el("div", {}, el("dt", {}, name), el("dd", {"data-fact": name}, content))),
  );
}
