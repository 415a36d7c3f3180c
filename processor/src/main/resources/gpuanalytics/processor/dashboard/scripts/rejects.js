/** What was rejected: which record, why, and what to do about it. */
import {question} from "./api.js";
import {el, replace, steersTerminal} from "./dom.js";
import {doorUrl} from "./empty.js";
import {count, time, value} from "./format.js";
import {samples} from "./metrics.js";
import {panel} from "./panel.js";
import {refusedTable} from "./pipeline.js";
import {facts, table} from "./table.js";

export const title = "Rejects";
export const keepsFilters = false;

const MOST = 200;
const SHOWN = 60;

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root) {
  const list = panel("Rejected, the latest", {class: "wide"});
  const one = el("div", {class: "wide-row", "aria-live": "polite"});
  const kinds = panel("Refused and tried again", {class: "wide"});
  root.append(list.node, one, kinds.node);
  const open = (letter) => {
    replace(one, opened(letter));
    one.querySelector("h2").focus();
  };
  const refresh = (signal) =>
    Promise.all([
      list.fill([question("/rejects", {limit: MOST})], (answer) => [kept(answer), letterTable(answer.rejects, open)], signal),
      kinds.fill(["/metrics"], (text) => refusedTable(samples(text)), signal),
    ]);
  return {refresh};
}

function kept(answer) {
  return el("p", {class: "quiet"}, value(answer.kept, `${answer.kept}`), " are kept. They count nowhere; mend the sender, and send what is mended again.");
}

function letterTable(letters, open) {
  return table({
    name: "Rejected",
    columns: [
      {title: "Why", text: true, cell: (letter) => letter.reason, by: (letter) => letter.reason},
      {title: "What was wrong", text: true, cell: (letter) => letter.detail ?? "–", by: (letter) => letter.detail},
      {title: "Record's time", text: true, cell: (letter) => (letter.at === null ? "–" : time(letter.at)), by: (letter) => letter.at},
      {title: "From", text: true, cell: origin, by: origin},
      {title: "Size", unit: "bytes", cell: (letter) => count(letter.value_bytes, "it has no value"), by: (letter) => letter.value_bytes},
      {title: "Content", text: true, cell: (letter) => look(letter, open), by: (letter) => letter.value},
    ],
    rows: letters,
  });
}

function origin(letter) {
  if (letter.door !== null) {
    return `door ${letter.door}`;
  }
  return letter.topic === null ? "not known" : `${letter.topic}/${letter.partition}/${letter.offset}${letter.item === null ? "" : ` item ${letter.item}`}`;
}

function look(letter, open) {
  const text = letter.value ?? "";
  return el("button", {type: "button", class: "plain", "data-key": `letter ${letter.letter}`, "aria-label": `Show all of the record at ${letter.letter}`, onclick: () => open(letter)}, text === "" ? "(nothing)" : text.slice(0, SHOWN), text.length > SHOWN ? "…" : "");
}

/** All of one, and how it is sent again: as it stands (curl would read a file where a text begins with @), and never what steers a terminal. */
function opened(letter) {
  const text = letter.value ?? "";
  const isSendable = !letter.cut && text !== "" && !steersTerminal(text);
  const again = `curl -sS ${doorUrl()}/v1/events -H 'content-type: application/json' --data-raw '${text.replaceAll("'", "'\\''")}'`;
  return el(
    "section",
    {class: "panel wide", "aria-label": "One rejected record"},
    el("h2", {tabindex: "-1"}, `Rejected: ${letter.reason}`),
    facts([
      ["What was wrong", letter.detail ?? "–"],
      ["From", origin(letter)],
      ["Letter", letter.letter],
      ["Size, bytes", count(letter.value_bytes, "it has no value")],
    ]),
    el("pre", {tabindex: "0", class: "code"}, text === "" ? "(nothing)" : text),
    el("p", {class: "quiet"}, advice(letter, isSendable)),
    isSendable ? el("pre", {tabindex: "0", class: "code"}, again) : null,
  );
}

function advice(letter, isSendable) {
  if (letter.cut) {
    return "Only the beginning is shown; the topic of the dead letters has what was kept.";
  }
  return isSendable ? "Mend it here and send it again, where the door for HTTP is open:" : "It has nothing that can be sent from a terminal; the topic of the dead letters has what was kept.";
}
