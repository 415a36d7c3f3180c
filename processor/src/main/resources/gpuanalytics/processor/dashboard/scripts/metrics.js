/** Reads metrics as Prometheus does. */

/** The samples of a text: name, labels and value of each. */
export function samples(text) {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(sample)
    .filter((one) => one !== null);
}

function sample(line) {
  const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
  if (parts === null) {
    return null;
  }
  const labels = {};
  for (const [, name, value] of (parts[2] ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
    labels[name] = value.replaceAll("\\n", "\n").replaceAll('\\"', '"').replaceAll("\\\\", "\\");
  }
  return {name: parts[1], labels, value: Number(parts[3])};
}

/** Those of one name. */
export function named(all, name) {
  return all.filter((one) => one.name === name);
}

/** Their sum; null where there are none. */
export function sum(some) {
  return some.length === 0 ? null : some.reduce((total, one) => total + one.value, 0);
}
