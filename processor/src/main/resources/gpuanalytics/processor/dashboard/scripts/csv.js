/** A table as CSV, where the answer that it shows has none of its own. */
import {el} from "./dom.js";

/** What a spreadsheet takes for the start of a formula, and the quote that says it is text. */
const FORMULA_STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'";

/** The exact values of all rows; what is absent is empty, and no text begins as a formula does. */
export function csvText(columns, rows) {
  const head = columns.map((column) => quoted(column.unit ? `${column.title} (${column.unit})` : column.title));
  return [head, ...rows.map((row) => columns.map((column) => value(column.cell(row))))].map((line) => `${line.join(",")}\r\n`).join("");
}

function value(content) {
  const cell = el("td", {}, content);
  const exact = cell.querySelector("data, time");
  if (exact !== null) {
    return exact.value ?? exact.dateTime;
  }
  if (cell.querySelector(".absent") !== null || cell.textContent === "–") {
    return "";
  }
  const text = cell.textContent;
  return quoted(text !== "" && FORMULA_STARTS.includes(text[0]) ? `'${text}` : text);
}

function quoted(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A button that saves the table which a node holds by then. */
export function csvButton(title, node) {
  const save = () => {
    const table = node.querySelector(".scroll");
    if (table === null) {
      return;
    }
    const address = URL.createObjectURL(new Blob([table.csv()], {type: "text/csv"}));
    el("a", {href: address, download: `${title}.csv`}).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
  return el("button", {type: "button", class: "plain", "data-key": `csv ${title}`, "aria-label": `${title} as CSV`, onclick: save}, "CSV");
}
