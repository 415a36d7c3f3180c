/** Colours: one series has the same in every view. */

const SERIES = 8;

/** Names to numbers of the palette, by what they are called; a number that is taken goes to the next free one. */
export function assigned(names) {
  const taken = new Set();
  const colors = new Map();
  for (const name of names) {
    let color = hash(name) % SERIES;
    for (let tried = 0; taken.has(color) && tried < SERIES; tried++) {
      color = (color + 1) % SERIES;
    }
    taken.add(color);
    colors.set(name, color);
  }
  return colors;
}

function hash(text) {
  let sum = 2166136261;
  for (const character of text) {
    sum = Math.imul(sum ^ character.codePointAt(0), 16777619);
  }
  return sum >>> 0;
}

const probe = document.createElement("i");
probe.hidden = true;

/** A colour of the style sheet, as the page is drawn now. */
export function color(name) {
  if (!probe.isConnected) {
    document.body.append(probe);
  }
  probe.className = `probe ${name}`;
  return getComputedStyle(probe).color;
}

// viridis at nine even steps
const VIRIDIS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];

/** The colour of a share from 0 to 1. */
export function viridis(share) {
  return VIRIDIS[Math.max(0, Math.min(VIRIDIS.length - 1, Math.round(share * (VIRIDIS.length - 1))))];
}
