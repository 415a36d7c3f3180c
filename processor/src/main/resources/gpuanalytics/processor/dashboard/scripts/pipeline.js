/** How the pipeline is doing: what came, what is left, and what was refused. */
import {el, replace} from "./dom.js";
import {ageText, clockText, count, measure, time} from "./format.js";
import * as live from "./live.js";
import {named, samples, sum} from "./metrics.js";
import {panel} from "./panel.js";
import {facts, table} from "./table.js";

export const title = "Pipeline";

const PER_SECOND = "not known yet: rates need two readings";

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root) {
  const now = panel("Now", {csv: false});
  const parts = panel("Parts");
  const partitions = panel("Lag by partition");
  const topics = panel("Events by topic");
  const refused = panel("Refused and tried again");
  const conflicts = panel("Conflicts, the latest");
  root.append(now.node, parts.node, partitions.node, topics.node, refused.node, conflicts.node);
  const stop = live.on("state", (state, rates) => {
    replace(now.body, nowFacts(state, rates));
    replace(parts.body, partTable(state.health.parts));
  });
  const refresh = (signal) =>
    Promise.all([
      parts.fill(["/health"], () => undefined, signal),
      partitions.fill(["/metrics"], (text) => lagTable(samples(text)), signal),
      topics.fill(["/metrics"], (text) => topicTable(samples(text)), signal),
      refused.fill(["/metrics"], (text) => refusedTable(samples(text)), signal),
      conflicts.fill(["/conflicts?limit=20"], (answer) => conflictTable(answer.conflicts), signal),
    ]);
  return {refresh, stop};
}

function nowFacts(state, rates) {
  return facts([
    ["Received", count(state.received)],
    ["Stored", count(state.stored)],
    ["Duplicates", count(state.duplicates)],
    ["Rejected", count(state.rejected)],
    ["Lag, records", count(state.lag, "the partitions are not known yet")],
    ["Drains in, s", measure(state.drain_s, "s", "the lag or the rate is not known")],
    ["Received per s", count(rates.received, PER_SECOND)],
    ["Stored per s", count(rates.stored, PER_SECOND)],
    ["Rejected per s", count(rates.rejected, PER_SECOND)],
    ["Store", state.saturated ? "▲ takes less than comes" : "keeps up"],
    ["As of", el("time", {datetime: state.at, title: state.at}, clockText(state.at))],
  ]);
}

/** One line for other views: what is wrong, or that all is well. */
export function healthLine(state, rates) {
  const down = state.health.parts.filter((part) => !part.up);
  const words = down.length > 0 ? `▲ ${down.map((part) => part.name).join(", ")} away` : state.saturated ? "▲ the store takes less than comes" : "✓ all parts work";
  return [
    el("strong", {}, words),
    " · in ",
    count(rates.received, PER_SECOND),
    "/s · stored ",
    count(state.stored),
    " · rejected ",
    count(state.rejected),
    " · lag ",
    count(state.lag, "the partitions are not known yet"),
    state.drain_s === null || state.drain_s < 1 ? null : [" · drains in ", ageText(state.drain_s)],
  ];
}

function partTable(parts) {
  return table({
    name: "Parts",
    columns: [
      {title: "Part", text: true, cell: (part) => part.name, by: (part) => part.name},
      {title: "State", text: true, cell: (part) => (part.up ? "✓ works" : "▲ away"), by: (part) => Number(part.up)},
      {title: "Since", text: true, cell: (part) => time(part.since), by: (part) => part.since},
      {title: "Detail", text: true, cell: (part) => part.detail, by: (part) => part.detail},
    ],
    rows: parts,
  });
}

function lagTable(all) {
  const lags = named(all, "processor_consumer_lag");
  return table({
    name: "Lag by partition",
    columns: [
      label("Topic", "topic"),
      {title: "Partition", cell: (one) => (one.labels.partition === null ? "" : one.labels.partition), by: (one) => Number(one.labels.partition)},
      {title: "Lag", unit: "records", cell: (one) => count(one.value), by: (one) => one.value},
    ],
    rows: lags,
    totals: {labels: {topic: "", partition: null}, value: sum(lags)},
  });
}

function label(title, name) {
  return {title, text: true, cell: (one) => one.labels[name] ?? "", by: (one) => one.labels[name] ?? ""};
}

const KINDS = [
  ["Received", "processor_events_received_total"],
  ["Stored", "processor_events_stored_total"],
  ["Duplicates", "processor_events_duplicate_total"],
  ["Rejected", "processor_events_rejected_total"],
];

function topicTable(all) {
  const topics = [...new Set(named(all, KINDS[0][1]).map((one) => one.labels.topic))];
  const rows = topics.map((topic) => {
    const of = (name) => sum(named(all, name).filter((one) => one.labels.topic === topic));
    return {topic, counts: KINDS.map(([, name]) => of(name)), delay: meanDelay(all, topic)};
  });
  return table({
    name: "Events by topic",
    columns: [
      {title: "Topic", text: true, cell: (row) => row.topic, by: (row) => row.topic},
      ...KINDS.map(([title], index) => ({title, cell: (row) => count(row.counts[index]), by: (row) => row.counts[index]})),
      {title: "Mean delay", unit: "s", cell: (row) => measure(row.delay, "s", "no event is stored yet"), by: (row) => row.delay},
    ],
    rows,
  });
}

/** From an event's own time to the store. */
function meanDelay(all, topic) {
  const of = (name) => sum(named(all, name).filter((one) => one.labels.topic === topic));
  const events = of("event_store_delay_seconds_count");
  return events === null || events === 0 ? null : of("event_store_delay_seconds_sum") / events;
}

/** What was refused or tried again since the start, by reason. */
export function refusedTable(all) {
  const rows = [
    ...named(all, "processor_events_rejected_total").map((one) => ({what: "rejected", why: one.labels.reason, where: one.labels.topic, value: one.value})),
    ...named(all, "processor_store_retries_total").map((one) => ({what: "tried again", why: one.labels.code, where: "store", value: one.value})),
  ].filter((row) => row.value > 0);
  return table({
    name: "Refused and tried again",
    columns: [
      {title: "What", text: true, cell: (row) => row.what, by: (row) => row.what},
      {title: "Why", text: true, cell: (row) => row.why, by: (row) => row.why},
      {title: "Where", text: true, cell: (row) => row.where, by: (row) => row.where},
      {title: "Times", cell: (row) => count(row.value), by: (row) => row.value},
    ],
    rows,
    sortedBy: "Times",
  });
}

function conflictTable(conflicts) {
  return table({
    name: "Conflicts",
    columns: [
      {title: "Seen", text: true, cell: (one) => time(one.seen), by: (one) => one.seen},
      {title: "Kind", text: true, cell: (one) => one.kind.replace("_", " "), by: (one) => one.kind},
      {title: "Identity", text: true, cell: (one) => one.identity, by: (one) => one.identity},
      {title: "Detail", text: true, cell: (one) => one.detail, by: (one) => one.detail},
    ],
    rows: conflicts,
  });
}
