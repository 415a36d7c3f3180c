/** Nodes with their GPUs, as a policy has filled them. */
import {html, svg} from "./dom.js";

const GPU = 14;
const ROW = 18;
const NAME = 150;
const WHOLE = 1000;

/** A picture for each of some policies, side by side. */
export function pictures(rehearsal, policies) {
  const shown = rehearsal.policies.filter((each) => policies.includes(each.policy));
  return html("div", {class: "pictures"}, shown.map((each) => picture(rehearsal.shown_nodes, each)));
}

function picture(nodes, policy) {
  const most = Math.max(...nodes.map((node) => node.gpus));
  const width = NAME + most * (GPU + 2);
  const rows = nodes.map((node, number) => row(node, policy.fills[number], number));
  return html("figure", {},
    html("figcaption", {}, `${policy.policy}, first seed`),
    svg("svg", {width, height: nodes.length * ROW, viewBox: `0 0 ${width} ${nodes.length * ROW}`, role: "img",
      "aria-label": `GPUs of each node under ${policy.policy}`}, rows));
}

function row(node, fill, number) {
  const y = number * ROW;
  const free = fill.gpu_free_milli.reduce((sum, milli) => sum + milli, 0);
  const useless = free === 0 ? 0 : Math.min(1, fill.unusable_gpus * WHOLE / free);
  const name = `${node.node ?? `node ${number + 1}`} ${node.model ?? ""}`;
  const words = `${name}: ${(free / WHOLE).toFixed(2)} GPUs free, ${fill.unusable_gpus.toFixed(2)} of no use for typical requests`;
  return svg("g", {}, svg("title", {}, words),
    svg("text", {x: 0, y: y + GPU - 3}, name.slice(0, 24)),
    fill.gpu_free_milli.map((milli, gpu) => square(NAME + gpu * (GPU + 2), y, milli, useless)));
}

/** What is used from below, above it what is free, and of that the part of no use. */
function square(x, y, freeMilli, useless) {
  const free = GPU * freeMilli / WHOLE;
  return svg("g", {},
    svg("rect", {class: "used", x, y, width: GPU, height: GPU}),
    svg("rect", {class: "free", x, y, width: GPU, height: free}),
    svg("rect", {class: "unusable", x, y, width: GPU * useless, height: free}));
}
