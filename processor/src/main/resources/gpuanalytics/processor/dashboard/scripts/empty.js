/** What to do where nothing has ever come. */
import {el} from "./dom.js";

const DOOR_PORT = 4318;

/** Where events are taken over HTTP. */
export function doorUrl() {
  const told = document.querySelector("meta[name=door]").content;
  return told === "" ? `http://${location.hostname}:${DOOR_PORT}` : told.replace(/\/$/, "");
}

/** The first event, by a command that works as it is pasted. */
export function emptyState() {
  const door = doorUrl();
  const command =
    `curl -sS ${door}/v1/events -d '[{"ts":"'$(date -u +%FT%TZ)'","host":"first-host","gpu_index":0,"name":"NVIDIA L4","utilization":0.5,"power_w":70},` +
    `{"ts":"'$(date -u +%FT%TZ)'","request_id":"first-'$(date +%s)'","model":"first-model","team":"first-team","prompt_tokens":800,"completion_tokens":64,"latency_ms":900}]'`;
  return el(
    "section",
    {class: "panel wide empty", "aria-label": "Nothing has come yet"},
    el("h2", {}, "Nothing has come yet"),
    el("p", {}, "Send a first sample of a GPU and a first request; they appear here within seconds:"),
    el("pre", {tabindex: "0"}, el("code", {id: "first-event"}, command)),
    el("p", {class: "quiet"}, "The producers take events there where their door for HTTP is open (DOORS=http; `make run` opens it). GPUs, exporters and traces can be asked instead: SOURCES."),
  );
}
