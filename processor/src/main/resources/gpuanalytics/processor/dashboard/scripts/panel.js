/** A part of a view: a heading, links to the calls that it shows, its content, and its own failure. */
import {asCsv, ask, askText, Refusal} from "./api.js";
import {csvButton} from "./csv.js";
import {el, replace} from "./dom.js";

/** Answers that are no table, or no CSV: what is shown of them is saved as the page has it. */
const WITHOUT_CSV = ["/metrics", "/health", "/budgets", "/prices"];

/** A panel; `fill` asks and shows, and keeps what it showed where an answer fails. */
export function panel(title, options = {}) {
  const heading = el("h2", {}, title);
  const links = el("p", {class: "links"});
  const failure = el("p", {class: "failure", role: "alert", hidden: true});
  const body = el("div", {class: "content"}, el("p", {class: "quiet"}, "…"));
  const node = el("section", {class: `panel ${options.class ?? ""}`, "aria-label": title}, el("div", {class: "head"}, heading, links), failure, body);

  /** Asks the questions and shows what `render` makes of the answers: nodes, or nothing where it has put them itself. */
  async function fill(questions, render, signal) {
    const calls = questions.map((target) => callLinks(target, title));
    const own = options.csv !== false && questions.some((target) => !hasCsv(target));
    replace(links, ...calls, own ? csvButton(title, body) : null);
    try {
      const answers = await Promise.all(questions.map((target) => answered(target, signal)));
      const content = render(...answers);
      if (content !== undefined) {
        replace(body, content);
      }
      failure.hidden = true;
    } catch (problem) {
      if (!signal.aborted) {
        failure.textContent = problem instanceof Refusal ? problem.message : `no answer: ${problem.message}`;
        failure.hidden = false;
      }
    }
  }

  return {node, body, fill};
}

function answered(target, signal) {
  return target.startsWith("/metrics") ? askText(target, signal) : ask(target, signal);
}

function hasCsv(target) {
  return !WITHOUT_CSV.includes(pathOf(target));
}

function pathOf(target) {
  return target.replace(/[?].*/, "");
}

function callLinks(target, title) {
  const path = pathOf(target);
  const links = [el("a", {href: target, title: target, "aria-label": `${title}: the call ${path}`}, path)];
  if (hasCsv(target)) {
    links.push(el("a", {href: asCsv(target), title: asCsv(target), "aria-label": `${title}: ${path} as CSV`}, "CSV"));
  }
  return links;
}

/** A choice that is in the address. */
export function choice(label, options, chosen, onchange, name = null) {
  const known = options.some(([value]) => value === chosen);
  const all = known ? options : [...options, [chosen, chosen]];
  const select = el(
    "select",
    {name, onchange: () => onchange(select.value)},
    all.map(([value, text]) => el("option", {value, selected: value === chosen}, text)),
  );
  return el("label", {class: "choice"}, `${label} `, select);
}
