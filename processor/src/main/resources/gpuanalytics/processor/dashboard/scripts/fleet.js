/** Every GPU: what it does now, whose it is, and what its idle time costs. */
import {question} from "./api.js";
import {controls, gpuAddress, gpuLink, groupLink} from "./controls.js";
import {el, replace} from "./dom.js";
import {fleetMap} from "./fleetmap.js";
import {ageText, count, gib, measure, share, usd, value} from "./format.js";
import {panel} from "./panel.js";
import * as route from "./route.js";
import {facts, table} from "./table.js";

export const title = "Fleet";

const GROUPS = ["host", "gpu_model", "team"];
const FIELDS = {host: "host", gpu_model: "name", team: "team"};
const NO_WASTE = "the ledger does not tell of this GPU now";
const POINT = "Point at a GPU, or move with the arrow keys.";

/** Builds the view; what is returned asks again whenever it is called. */
export function build(root, state) {
  const groupBy = state.groupBy ?? GROUPS[0];
  const fleet = panel(`GPUs by ${groupBy.replace("_", " ")}`, {class: "wide"});
  const list = panel("GPUs", {class: "wide"});
  const side = el("div", {class: "side", "aria-live": "polite"}, el("p", {class: "quiet"}, POINT));
  const map = fleetMap((gpu) => replace(side, readings(gpu)), opened);
  const left = el("p", {class: "quiet"});
  replace(fleet.body, meaning(), el("div", {class: "fleet"}, map.node, side), left);
  root.append(controls(state, {groups: GROUPS, range: false, without: ["model", "user", "project", "namespace"]}), fleet.node, list.node);
  const {host, gpu_model: name, gpu} = state.filters;
  const latest = question("/gpu/info", {host, name, gpu});
  const wasted = question("/waste", {from: "now-1h", group_by: "gpu", host, gpu_model: name, gpu});
  let waste = new Map();
  let gpus = [];

  function show() {
    gpus.forEach((one) => {
      one.waste = waste.get(one.gpu);
      one.mark = (one.waste !== undefined && one.waste.throttled.gpu_s > 0) || one.xid > 0;
    });
    map.show(grouped(gpus, groupBy));
  }

  async function refresh(signal) {
    // a fleet with more GPUs than an answer may have groups is shown without what it wastes
    const told = fleet.fill([latest], (answer) => {
      gpus = ofTeams(answer.gpus, state.filters.team).map((one) => ({...one, key: `${one.gpu} ${one.mig_id ?? ""}`}));
      left.textContent = answer.left_out > 0 ? `${answer.left_out} GPUs have sent no sample for ${ageText(answer.max_age_s)}.` : "";
      show();
      replace(list.body, gpuTable(gpus));
    }, signal);
    await Promise.all([told, list.fill([wasted], (answer) => {
      waste = new Map(answer.rows.map((row) => [row.gpu, row]));
      show();
      return gpuTable(gpus);
    }, signal)]);
  }

  return {refresh, stop: map.stop};
}

function opened(gpu) {
  route.go(gpuAddress(gpu.gpu, gpu.mig_id ?? null));
}

function meaning() {
  return el("p", {class: "quiet"}, "Fill: utilisation, dark 0 % to yellow 100 %; grey: not told. Foot: memory in use. Corner: throttled in the last hour, or an XID error.");
}

/** The latest samples know no filter by team. */
function ofTeams(gpus, teams) {
  return teams === undefined ? gpus : gpus.filter((gpu) => teams.includes(gpu.team ?? ""));
}

function grouped(gpus, groupBy) {
  const groups = new Map();
  for (const gpu of gpus) {
    const name = gpu[FIELDS[groupBy]] ?? "none";
    groups.set(name, [...(groups.get(name) ?? []), gpu]);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b, undefined, {numeric: true})).map(([name, of]) => ({name, gpus: of}));
}

/** What one GPU tells of itself. */
export function readings(gpu) {
  return [
    el("h3", {}, gpuLink(gpu.gpu, gpu.mig_id ?? null, `${gpu.host}${gpu.gpu_index === undefined ? "" : ` / ${gpu.gpu_index}`}${gpu.mig_id === undefined ? "" : ` · MIG ${gpu.mig_id}`}`)),
    facts([
      ["Model", gpu.name],
      ["Team", gpu.team ?? "none"],
      ["Utilisation", share(gpu.utilization, "no sample tells of it")],
      ["Memory used, GiB", gib(gpu.mem_used_bytes)],
      ["Memory, GiB", gib(gpu.mem_total_bytes)],
      ["Power, W", measure(gpu.power_w, "W")],
      ["Temperature, °C", measure(gpu.temp_c, "°C")],
      ["XID, the last", count(gpu.xid, "no sample tells of it")],
      ["Throttled, s", measure(gpu.waste?.throttled.gpu_s, "s", NO_WASTE)],
      ["Idle, USD", usd(gpu.waste?.idle.usd, NO_WASTE)],
      ["Sample, age", value(gpu.age_s, ageText(gpu.age_s), "s")],
    ]),
  ];
}

function gpuTable(gpus) {
  const plain = (title, name) => ({title, text: true, cell: (gpu) => (gpu[name] === undefined ? "–" : gpu[name]), by: (gpu) => gpu[name]});
  return table({
    name: "GPUs",
    columns: [
      {title: "GPU", text: true, cell: (gpu) => gpuLink(gpu.gpu, gpu.mig_id ?? null, gpu.mig_id === undefined ? gpu.gpu : `${gpu.gpu} · MIG ${gpu.mig_id}`), by: (gpu) => gpu.key},
      {title: "Host", text: true, cell: (gpu) => groupLink("host", gpu.host), by: (gpu) => gpu.host},
      plain("Model", "name"),
      {title: "Team", text: true, cell: (gpu) => groupLink("team", gpu.team), by: (gpu) => gpu.team},
      {title: "Utilisation", cell: (gpu) => share(gpu.utilization, "no sample tells of it"), by: (gpu) => gpu.utilization},
      {title: "Memory", unit: "GiB", cell: (gpu) => gib(gpu.mem_used_bytes), by: (gpu) => gpu.mem_used_bytes},
      {title: "Power", unit: "W", cell: (gpu) => measure(gpu.power_w, "W"), by: (gpu) => gpu.power_w},
      {title: "Temp.", unit: "°C", cell: (gpu) => measure(gpu.temp_c, "°C"), by: (gpu) => gpu.temp_c},
      {title: "XID", cell: (gpu) => count(gpu.xid, "no sample tells of it"), by: (gpu) => gpu.xid},
      {title: "Throttled", unit: "s", cell: (gpu) => measure(gpu.waste?.throttled.gpu_s, "s", NO_WASTE), by: (gpu) => gpu.waste?.throttled.gpu_s},
      {title: "Idle", unit: "USD", cell: (gpu) => usd(gpu.waste?.idle.usd, NO_WASTE), by: (gpu) => gpu.waste?.idle.usd},
    ],
    rows: gpus,
    sortedBy: "Idle",
  });
}
