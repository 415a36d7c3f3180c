/** Elements. Texts of others are only ever handed on as text. */

const SVG = "http://www.w3.org/2000/svg";

/** What is invisible, or steers what follows. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function visible(text) {
  return String(text).replace(HIDDEN, "\u25a1");
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, String(value));
  }
  for (const child of children.flat()) {
    node.append(child instanceof Node ? child : visible(child));
  }
  return node;
}

/** An HTML element. */
export function html(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svg(tag, attributes, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** A table; cells that are no numbers stand to the left. */
export function table(caption, heads, rows) {
  const cell = (value) => html("td", typeof value === "number" ? {} : {class: "words"}, value ?? "");
  return html("div", {class: "scroll"}, html("table", {},
    html("caption", {}, caption),
    html("thead", {}, html("tr", {}, heads.map((head) => html("th", {scope: "col"}, head)))),
    html("tbody", {}, rows.map((row) => html("tr", {}, row.map(cell))))));
}

/** {"mean": 1, "sd": 2} as words; nothing where it is not known. */
export function spread(value, digits = 2) {
  if (value === undefined) {
    return "";
  }
  const mean = value.mean.toFixed(digits);
  return value.sd === undefined ? mean : `${mean} ± ${value.sd.toFixed(digits)}`;
}
