/** The page: orders rehearsals, shows what came of them, and asks why a pod went where. */
import {get, post} from "./api.js";
import {html, spread, table} from "./dom.js";
import {pictures} from "./nodes.js";

const REHEARSALS = "/placement/rehearsals";
const PAUSE_MS = 1000;
const MAX_NODES = 60;

const order = document.getElementById("order");
const said = document.getElementById("said");
const kept = document.getElementById("kept");
const result = document.getElementById("result");
const explain = document.getElementById("explain");

async function showPolicies() {
  const {policies} = await get("/placement/policies");
  document.getElementById("policies").append(...policies.map(({policy, meaning}) =>
    html("label", {class: "check", title: meaning},
      html("input", {type: "checkbox", name: "policies", value: policy, checked: ""}), policy)));
  order.elements.present.append(...policies.map(({policy}) => html("option", {value: policy}, policy)));
  order.elements.present.value = "default";
}

/** The values of a field that parts them with commas. */
function listed(field) {
  return field.value.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

async function ordered() {
  const fields = order.elements;
  const wanted = {
    source: fields.source.value,
    policies: [...order.querySelectorAll("[name=policies]:checked")].map((box) => box.value),
    present: fields.present.value,
    seeds: Number(fields.seeds.value),
    ties: fields.ties.value,
    what_if: {add_nodes: listed(fields.add_nodes), remove_nodes: listed(fields.remove_nodes), replace_gpus: listed(fields.replace_gpus)},
  };
  if (fields.nodes_seen.value !== "") {
    wanted.nodes_seen = Number(fields.nodes_seen.value);
  }
  if (fields.price.value !== "") {
    wanted.price_per_hour_usd = Number(fields.price.value);
  }
  if (wanted.source === "inline") {
    wanted.nodes_csv = await fields.nodes.files[0]?.text();
    wanted.pods_csv = await fields.pods.files[0]?.text();
  }
  return wanted;
}

order.addEventListener("submit", async (event) => {
  event.preventDefault();
  said.textContent = "";
  try {
    const taken = await post(REHEARSALS, await ordered(), order.elements.token.value);
    await follow(taken.id);
  } catch (failure) {
    said.textContent = failure.message;
  }
});

/** Asks until it has ended. */
async function follow(id) {
  for (;;) {
    const rehearsal = await get(`${REHEARSALS}/${encodeURIComponent(id)}`);
    if (rehearsal.status === "done") {
      said.textContent = "";
      show(rehearsal);
      await showKept();
      return;
    }
    if (rehearsal.status === "failed") {
      await showKept();
      throw new Error(rehearsal.failure);
    }
    said.textContent = `${rehearsal.status}: ${rehearsal.runs_ended} of ${rehearsal.runs} runs`;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function showKept() {
  const {rehearsals} = await get(REHEARSALS);
  kept.replaceChildren(...rehearsals.map((each) => {
    const button = html("button", {type: "button"}, `${each.created_at.slice(0, 19)}Z ${each.source}: ${each.status}`);
    button.addEventListener("click", () => follow(each.id).catch((failure) => {
      said.textContent = failure.message;
    }));
    return html("li", {}, button);
  }));
}

function show(rehearsal) {
  const {plan, cluster} = rehearsal;
  const path = `${REHEARSALS}/${encodeURIComponent(rehearsal.id)}`;
  result.replaceChildren(
    html("h2", {}, `Rehearsal of ${rehearsal.source}`),
    html("p", {}, `${cluster.nodes} nodes with ${cluster.gpus} GPUs; ${cluster.pods} pods ask for ${cluster.asked_gpus}; ${plan.seeds} seeds. `,
      html("a", {href: `${path}/curves.csv`}, "CSV"), " ", html("a", {href: path}, "JSON")),
    html("ul", {}, [...rehearsal.missing, ...rehearsal.dropped].map((line) => html("li", {}, line))),
    policiesTable(rehearsal),
    html("img", {src: `${path}/curves.svg`, alt: "Allocation and fragmentation of each policy over what is asked for", width: 860, height: 720}),
    strandedTable(rehearsal),
    ...nodesPart(rehearsal));
}

function policiesTable({policies, plan, unpriced_models: unpriced}) {
  const points = Object.keys(policies[0].allocated_pct);
  const heads = ["policy", ...points.map((point) => `allocated % at ${point} %`), `fragmented % at ${plan.compare_at_pct} %`,
    `GPUs more than ${plan.present}`, "USD more a month"];
  const at = String(plan.compare_at_pct);
  const rows = policies.map((each) => [each.policy,
    ...points.map((point) => spread({mean: each.allocated_pct[point], sd: each.sd[point]})),
    spread({mean: each.fragmented_pct[at], sd: each.fragmented_sd[at]}), spread(each.freed_gpus), spread(each.freed_usd_per_month, 0)]);
  const without = unpriced.length === 0 ? "" : `; without a price, and not in these USD: ${unpriced.join(", ")}`;
  return table(`Policies, mean ± standard deviation over the seeds${without}`, heads, rows);
}

function strandedTable({stranded, plan}) {
  const rows = stranded.slice(0, 20).map((each) => [each.team ?? "", each.model ?? "", spread(each.gpus), each.num_gpu, each.gpu_milli,
    each.cpu_milli / 1000, each.memory_mib]);
  return table(`Whose requests left GPUs unusable for typical ones under ${plan.present}`,
    ["team", "GPU model", "GPUs", "asks for GPUs", "thousandths of each", "cores", "MiB"], rows);
}

function nodesPart(rehearsal) {
  const few = {...rehearsal, shown_nodes: rehearsal.shown_nodes.slice(0, MAX_NODES)};
  const names = rehearsal.policies.map((each) => each.policy);
  const choices = [0, 1].map((place) => {
    const select = html("select", {"aria-label": `policy ${place + 1}`}, names.map((name) => html("option", {value: name}, name)));
    select.value = place === 0 ? names[0] : rehearsal.plan.present;
    return select;
  });
  const place = html("div", {});
  const draw = () => place.replaceChildren(pictures(few, choices.map((choice) => choice.value)));
  choices.forEach((choice) => choice.addEventListener("change", draw));
  draw();
  return [html("h3", {}, `Nodes at ${rehearsal.plan.compare_at_pct} %`),
    html("p", {class: "key"}, "Of each GPU: blue is used, grey is free, orange is free and of no use for typical requests. ",
      rehearsal.shown_nodes.length > MAX_NODES ? `The first ${MAX_NODES} nodes.` : ""),
    html("p", {}, choices), place];
}

explain.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = document.getElementById("unexplained");
  const place = document.getElementById("explained");
  problem.textContent = "";
  place.replaceChildren();
  try {
    const why = await get(`/placement/explain?pod=${encodeURIComponent(explain.elements.pod.value)}`);
    place.replaceChildren(...reasons(why));
  } catch (failure) {
    problem.textContent = failure.message;
  }
});

/** What the scheduler extender has told: the outcome, the best nodes with each part of their scores, and why others were refused. */
function reasons(why) {
  const parts = [...new Set((why.best ?? []).flatMap((each) => Object.keys(each.parts ?? {})))];
  const round = (value) => (typeof value === "number" ? Number(value.toFixed(4)) : "");
  return [
    html("p", {}, `${why.pod}: ${why.outcome ?? ""}${why.node === undefined ? "" : ` on ${why.node}`}${why.gpus === undefined ? "" : `, GPUs ${why.gpus}`}`),
    table("The best nodes: parts add up to the total", ["node", "total", ...parts],
      (why.best ?? []).map((each) => [each.node, round(each.total), ...parts.map((part) => round(each.parts?.[part]))])),
    table("Nodes that were refused", ["why", "nodes"], Object.entries(why.refused ?? {})),
  ];
}

showPolicies().then(showKept).catch((failure) => {
  said.textContent = failure.message;
}).finally(() => {
  document.getElementById("main").dataset.shown = "";
});
