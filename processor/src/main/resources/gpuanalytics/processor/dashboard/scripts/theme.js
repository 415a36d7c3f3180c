/** Dark or light: as the system is, or as it was chosen here. */
import {el, keep, kept} from "./dom.js";

const KEY = "theme";
const NAMES = {auto: "◐ as the system", light: "○ light", dark: "● dark"};
const system = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  return kept(KEY) ?? "auto";
}

/** Puts the switch into a node; calls when the colours have changed. */
export function start(node, changed) {
  const apply = (name) => {
    if (name === "auto") {
      keep(KEY, null);
      delete document.documentElement.dataset.theme;
    } else {
      keep(KEY, name);
      document.documentElement.dataset.theme = name;
    }
  };
  const select = el(
    "select",
    {
      "aria-label": "Colours",
      onchange: () => {
        apply(select.value);
        changed();
      },
    },
    Object.entries(NAMES).map(([name, text]) => el("option", {value: name, selected: name === chosen()}, text)),
  );
  apply(chosen());
  node.append(select);
  system.addEventListener("change", changed);
}
