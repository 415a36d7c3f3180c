/** The stream of the pipeline's state: how old it is, what is away, and when answers have changed. */
import {ageText, timeText} from "./format.js";

const LATE_MS = 10_000;
const SILENT_MS = 60_000;
const RECONNECT_MS = 10_000;
const RATE_WINDOW_MS = 10_000;

const WORDS = {connecting: "connecting", live: "● live", degraded: "▲ a part is away", late: "▲ stale", silent: "■ stale"};

const mark = document.getElementById("live");
const banner = document.getElementById("banner");
const age = document.createElement("span");
age.setAttribute("aria-hidden", "true");
let said = null;
const listeners = {state: [], changed: []};
const history = [];
let heardAt = performance.now();
let state = null;
let source = null;

/** Calls with each state (and the rates of the last seconds), or when answers have changed. */
export function on(event, listener) {
  listeners[event].push(listener);
  if (event === "state" && state !== null) {
    listener(state, rates());
  }
  return () => {
    listeners[event] = listeners[event].filter((other) => other !== listener);
  };
}

/** Whether numbers are kept fresh. */
export function isLive() {
  return state !== null && performance.now() - heardAt < LATE_MS;
}

export function start() {
  follow();
  document.addEventListener("visibilitychange", follow);
  setInterval(show, 1000);
}

/**
 * Listens while somebody looks. A browser has six connections to one address for all of its tabs,
 * and pages that were left may live on: streams that nobody sees would keep the next page waiting.
 */
function follow() {
  if (document.visibilityState === "hidden") {
    source?.close();
    source = null;
  } else if (source === null) {
    heardAt = performance.now();
    connect();
    if (state !== null) {
      // what was not heard meanwhile
      changed();
    }
  }
}

function connect() {
  source = new EventSource("/stream");
  source.addEventListener("state", (event) => take(JSON.parse(event.data)));
  source.addEventListener("changed", changed);
  source.addEventListener("error", (event) => {
    // the browser connects again by itself, but not after an answer that was a refusal
    if (event.target === source && source.readyState === EventSource.CLOSED) {
      source = null;
      setTimeout(follow, RECONNECT_MS);
    }
  });
}

function changed() {
  listeners.changed.forEach((listener) => listener());
}

function take(next) {
  state = next;
  heardAt = performance.now();
  history.push({at: heardAt, state: next});
  while (history.length > 2 && heardAt - history[0].at > RATE_WINDOW_MS) {
    history.shift();
  }
  listeners.state.forEach((listener) => listener(next, rates()));
  show();
}

/** Events per second over the last seconds; null where that is not known yet. */
function rates() {
  const first = history[0];
  const last = history[history.length - 1];
  const seconds = first === undefined ? 0 : (last.at - first.at) / 1000;
  const of = (name) => {
    const difference = seconds > 0 ? last.state[name] - first.state[name] : -1;
    return difference >= 0 ? difference / seconds : null;
  };
  return {received: of("received"), stored: of("stored"), rejected: of("rejected")};
}

function show() {
  const silent = performance.now() - heardAt;
  const down = state === null ? [] : state.health.parts.filter((part) => !part.up);
  const word = state === null ? (silent < LATE_MS ? "connecting" : "late") : liveness(silent, down);
  document.body.dataset.live = word;
  showMark(word, silent);
  showBanner(word, silent, down);
}

/** The age goes on every second, and is not read out each time. */
function showMark(word, silent) {
  if (said !== word) {
    said = word;
    mark.replaceChildren(WORDS[word], age);
  }
  age.textContent = word === "late" || word === "silent" ? `, nothing heard for ${ageText(silent / 1000)}` : "";
}

function liveness(silent, down) {
  if (silent >= SILENT_MS) {
    return "silent";
  }
  return silent >= LATE_MS ? "late" : down.length > 0 ? "degraded" : "live";
}

function showBanner(word, silent, down) {
  const parts = down.map((part) => `${part.name} is away since ${timeText(part.since)}: ${part.detail}`);
  if (word === "late" || word === "silent") {
    parts.unshift("The processor does not answer; what is shown is what was seen last.");
  } else if (parts.length > 0) {
    parts.push("What is shown is what was seen last.");
  }
  const text = parts.join(" ");
  if (banner.textContent !== text) {
    banner.textContent = text;
    banner.hidden = text === "";
  }
}
