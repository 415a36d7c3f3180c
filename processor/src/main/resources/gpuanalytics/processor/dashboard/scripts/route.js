/** The address of the page: which view of which time, of whom, grouped how. Parameters are those of the API. */

export const FILTERS = ["model", "team", "user", "project", "gpu", "gpu_model", "host", "namespace"];

/** What the usage may have been answered by instead, as `/costs/what-if` takes it. */
export const OTHERWISE = ["as_gpu_model", "as_usd_per_hour", "as_gpus", "as_speed", "as_model"];
const DEFAULT_FROM = "now-24h";
const UNITS = {s: 1, m: 60, h: 3600, d: 86400, w: 604800};
const listeners = [];

/** What the address says. */
export function current() {
  const query = new URLSearchParams(location.search);
  return {
    view: query.get("view") ?? "overview",
    from: query.get("from") ?? DEFAULT_FROM,
    to: query.get("to"),
    groupBy: query.get("group_by"),
    basis: query.get("basis") ?? "allocation",
    migId: query.get("mig_id"),
    filters: all(query, FILTERS),
    otherwise: all(query, OTHERWISE),
  };
}

/** Those parameters that are there, each with all of its values. */
function all(query, names) {
  return Object.fromEntries(names.map((name) => [name, query.getAll(name)]).filter(([, values]) => values.length > 0));
}

/** The address of what is shown now with something else in it; another view begins without grouping. */
export function address(changes) {
  const now = current();
  const kept = changes.view === undefined || changes.view === now.view ? now : {...now, groupBy: null, migId: null, otherwise: {}};
  const next = {...kept, ...changes};
  const query = new URLSearchParams();
  const put = (name, value, usual) => value !== null && value !== usual && query.append(name, value);
  put("view", next.view, "overview");
  put("from", next.from, DEFAULT_FROM);
  put("to", next.to, null);
  put("group_by", next.groupBy, null);
  put("basis", next.basis, "allocation");
  put("mig_id", next.migId, null);
  for (const [name, values] of Object.entries({...next.filters, ...next.otherwise})) {
    values.forEach((value) => query.append(name, value));
  }
  const text = query.toString();
  return text === "" ? "/" : `/?${text}`;
}

/** The address with one filter set, or taken away where the values are none. */
export function filtered(name, values, changes = {}) {
  const filters = {...current().filters};
  delete filters[name];
  if (values.length > 0) {
    filters[name] = values;
  }
  return address({...changes, filters});
}

/** Shows what an address says, as a new entry of the history. */
export function go(target) {
  history.pushState({ours: true}, "", target);
  tell();
}

/** Calls when the address has changed, also by the browser's buttons. */
export function onChange(listener) {
  listeners.push(listener);
}

function tell() {
  listeners.forEach((listener) => listener());
}

/** Links within the page need no new page. */
export function start() {
  addEventListener("popstate", tell);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (link === null || !plain || link.origin !== location.origin || link.pathname !== "/" || link.hash !== "") {
      return;
    }
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** The moment that a text of an address means, in ms. */
export function moment(text, now = Date.now()) {
  if (text === null || text === "now") {
    return now;
  }
  const relative = /^now-(\d+)([smhdw])$/.exec(text);
  if (relative !== null) {
    return now - Number(relative[1]) * UNITS[relative[2]] * 1000;
  }
  if (/^\d+$/.test(text)) {
    return text.length <= 11 ? Number(text) * 1000 : Number(text);
  }
  return Date.parse(text);
}

/** The span of the same whole hours before it. */
export function before(state, now = Date.now()) {
  const hour = 3_600_000;
  const from = Math.floor(moment(state.from, now) / hour) * hour;
  const to = Math.ceil(moment(state.to, now) / hour) * hour;
  return {from: String(from - Math.max(hour, to - from)), to: String(from)};
}

/** The range's length, in seconds. */
export function spanSeconds(state) {
  return Math.max(60, (moment(state.to) - moment(state.from)) / 1000);
}
