/** GPU time that was paid for and not used: whose, why, and what to do. */
import {question} from "./api.js";
import {askedCosts, controls, gpuLink, groupLink, groupText, pageLink} from "./controls.js";
import {el} from "./dom.js";
import {count, gib, hours, scaledText, share, usd, usdText} from "./format.js";
import {panel} from "./panel.js";
import {table} from "./table.js";

export const title = "Waste";

const GROUPS = ["team", "gpu", "host", "namespace", "gpu_model"];
const KINDS = [
  ["Idle", "idle", "No tokens claim it, and the GPU is not busy or does not say"],
  ["Held", "held_idle", "Idle while a pod holds the GPU"],
  ["Memory held", "memory_held", "Idle with a twentieth of its memory in use"],
  ["Throttled", "throttled", "Busy with the clocks held down"],
  ["After XID", "xid_idle", "Idle from an XID error on until there is work again or the hour ends"],
  ["Busy, unclaimed", "busy_unclaimed", "Busy without tokens, as in training: no waste where that is meant"],
];

/** What may be done, by the kind that is largest. */
const ADVICE = {
  idle: "Release what is not needed, or give it to whoever waits.",
  held_idle: "Pods hold GPUs that do nothing: release them, or share them.",
  memory_held: "Models stay loaded that nobody asks: unload them, or pack them onto fewer GPUs.",
  throttled: "Look at cooling and power limits of these hosts.",
  xid_idle: "These GPUs do nothing since an error: look at the host, reset or replace them.",
};

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root, state) {
  const groupBy = state.groupBy ?? GROUPS[0];
  const list = panel(`Waste by ${groupBy.replace("_", " ")}`, {class: "wide"});
  const together = panel("Models that could share GPUs", {class: "wide"});
  root.append(controls(state, {groups: GROUPS, basis: true}), list.node, together.node);
  const target = question("/waste", askedCosts(state, {group_by: groupBy}));
  const sharing = question("/waste/sharing", askedCosts(state));
  const refresh = (signal) =>
    Promise.all([list.fill([target], (answer) => [wasteTable(answer, groupBy), meanings()], signal), together.fill([sharing], (answer) => [sharingTable(answer), sharingRule()], signal)]);
  return {refresh};
}

function meanings() {
  return el("p", {class: "quiet"}, KINDS.map(([title, , meaning], index) => `${index > 0 ? " · " : ""}${title}: ${meaning}.`), " Kinds overlap.");
}

/** The table of waste by a grouping. */
export function wasteTable(answer, groupBy) {
  const link = (row) => {
    if ((row.folded ?? []).includes(groupBy)) {
      return groupText(row, groupBy);
    }
    return groupBy === "gpu" && row.gpu !== null ? gpuLink(row.gpu) : groupLink(groupBy, row[groupBy]);
  };
  return table({
    name: `Waste by ${groupBy}`,
    columns: [
      {title: groupBy.replace("_", " "), text: true, cell: link, by: (row) => row[groupBy]},
      {title: "Idle, USD", cell: (row) => usd(row.idle.usd), by: (row) => row.idle.usd},
      ...KINDS.map(([title, kind]) => ({title, unit: "GPU\u00a0h", cell: (row) => hours(row[kind].gpu_s), by: (row) => row[kind].gpu_s})),
      {title: "What to do", text: true, cell: (row) => (row.ts === undefined ? "" : sentence(row, groupBy)), by: (row) => row.idle.usd},
    ],
    rows: answer.rows,
    totals: answer.totals,
    sortedBy: "Idle, USD",
  });
}

/** Pairs of models that fit beside each other, and what that would free. */
function sharingTable(answer) {
  return table({
    name: "Models that could share GPUs",
    columns: [
      {title: "model", text: true, cell: (row) => pageLink("model", row.model), by: (row) => row.model},
      {title: "could hold", text: true, cell: (row) => pageLink("model", row.other), by: (row) => row.other},
      {title: "on", text: true, cell: (row) => row.gpu_model, by: (row) => row.gpu_model},
      {title: "Free", unit: "GPUs", cell: (row) => count(row.gpus), by: (row) => row.gpus},
      {title: "They cost", unit: "USD", cell: (row) => usd(row.usd), by: (row) => row.usd},
      {title: "Memory together", unit: "GiB", cell: (row) => gib(row.mem_used_bytes), by: (row) => row.mem_used_bytes},
      {title: "of", unit: "GiB", cell: (row) => gib(row.mem_total_bytes), by: (row) => row.mem_total_bytes},
      {title: "Busy together", cell: (row) => share(row.utilization), by: (row) => row.utilization},
    ],
    rows: answer.rows,
    sortedBy: "They cost",
  });
}

function sharingRule() {
  return el("p", {class: "quiet"}, "On GPUs of one kind, by the most memory that a GPU of each has held, and on average at most 80 % busy together.");
}

/** What happened and what may be done, in words. */
export function sentence(row, groupBy) {
  if (row.idle.gpu_s === 0 && row.throttled.gpu_s === 0) {
    return "Nothing is wasted.";
  }
  const dollars = row.idle.usd === null ? "no price is known" : usdText(row.idle.usd);
  const told = `${groupBy.replace("_", " ")} ${groupText(row, groupBy)}: ${scaledText(row.idle.gpu_s / 3600)} idle GPU hours, ${dollars}. `;
  return told + ADVICE[reason(row)];
}

/** The most telling kind that is at least half of the idle time. */
function reason(row) {
  const half = row.idle.gpu_s / 2;
  const kind = ["xid_idle", "memory_held", "held_idle"].find((one) => row[one].gpu_s > 0 && row[one].gpu_s >= half);
  return kind ?? (row.throttled.gpu_s > row.idle.gpu_s ? "throttled" : "idle");
}
