/** The fleet on one canvas: a cell for each GPU, in rows of groups; the keyboard moves from cell to cell. */
import {color, viridis} from "./colors.js";
import {el} from "./dom.js";

const GAP = 3;

/** From this utilisation on the fill is so bright that only dark digits are read on it. */
const BRIGHT = 0.43;
const LABEL_HEIGHT = 18;
const GROUP_GAP = 12;

/** A group is at least so wide, so that its name can be read, and has at most so many cells in a row. */
const LEAST_WIDTH = 110;
const MOST_COLUMNS = 16;

/** Many GPUs are drawn smaller, so that a thousand fit a screen; few have room for their utilisation in digits. */
const MANY = 300;
const SOME = 64;
const FEW = 32;
const WIDE_CELL = 56;
const LARGE_CELL = 32;
const CELL = 18;
const SMALL_CELL = 12;

/**
 * A map that `show` fills again and again.
 *
 * chosen(gpu) is called when a cell is looked at, opened(gpu) when it is followed.
 */
export function fleetMap(chosen, opened) {
  const canvas = el("canvas", {tabindex: "0", role: "application", "aria-label": "GPUs; arrow keys move, Enter opens"});
  const node = el("div", {class: "map"}, canvas);
  let groups = [];
  let cells = [];
  let at = -1;
  let size = CELL;

  function lay() {
    const width = Math.max(200, node.clientWidth);
    const count = groups.reduce((sum, group) => sum + group.gpus.length, 0);
    size = count > MANY ? SMALL_CELL : count > SOME ? CELL : count > FEW ? LARGE_CELL : WIDE_CELL;
    const step = size + GAP;
    const room = Math.max(1, Math.floor(width / step));
    cells = [];
    let x = 0;
    let y = 0;
    let height = 0;
    for (const group of groups) {
      const columns = Math.min(room, MOST_COLUMNS, group.gpus.length);
      group.width = Math.max(LEAST_WIDTH, columns * step - GAP);
      if (x > 0 && x + group.width > width) {
        x = 0;
        y += height;
        height = 0;
      }
      group.x = x;
      group.y = y;
      group.gpus.forEach((gpu, index) => {
        cells.push({gpu, x: x + (index % columns) * step, y: y + LABEL_HEIGHT + Math.floor(index / columns) * step});
      });
      height = Math.max(height, LABEL_HEIGHT + Math.ceil(group.gpus.length / columns) * step + GROUP_GAP);
      x += group.width + GROUP_GAP;
    }
    y += height;
    const scale = devicePixelRatio;
    canvas.width = width * scale;
    canvas.height = Math.max(1, y) * scale;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${Math.max(1, y)}px`;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    draw(pen);
  }

  function draw(pen) {
    const look = {text: color("text"), line: color("line"), idle: color("idle-surface"), bad: color("bad"), page: color("page"), focus: color("focus")};
    pen.font = "12px system-ui, sans-serif";
    pen.textBaseline = "middle";
    for (const group of groups) {
      pen.fillStyle = look.text;
      pen.fillText(fitted(pen, `${group.gpus.length} · ${group.name}`, group.width), group.x, group.y + LABEL_HEIGHT / 2);
    }
    cells.forEach((cell) => paint(pen, cell, size, look));
    if (at >= 0 && at < cells.length) {
      pen.strokeStyle = look.focus;
      pen.lineWidth = 3;
      pen.strokeRect(cells[at].x - 1, cells[at].y - 1, size + 2, size + 2);
    }
  }

  function show(next) {
    const before = cells[at]?.gpu;
    groups = next.map((group) => ({...group}));
    at = before === undefined ? -1 : groups.flatMap((group) => group.gpus).findIndex((gpu) => gpu.key === before.key);
    lay();
    if (at >= 0) {
      chosen(cells[at].gpu);
    }
  }

  function look(index) {
    if (cells.length > 0) {
      at = Math.max(0, Math.min(cells.length - 1, index));
      lay();
      chosen(cells[at].gpu);
    }
  }

  /** The nearest cell in the row above or below. */
  function row(direction) {
    const here = cells[at];
    const others = cells.map((cell, index) => ({...cell, index})).filter((cell) => (cell.y - here.y) * direction > 0);
    others.sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y) || Math.abs(a.x - here.x) - Math.abs(b.x - here.x));
    return others[0]?.index ?? at;
  }

  const under = (event) => cells.findIndex((cell) => event.offsetX >= cell.x && event.offsetX < cell.x + size + GAP && event.offsetY >= cell.y && event.offsetY < cell.y + size + GAP);
  canvas.addEventListener("pointermove", (event) => {
    const index = under(event);
    if (index >= 0 && index !== at) {
      look(index);
    }
  });
  canvas.addEventListener("click", (event) => {
    const index = under(event);
    if (index >= 0) {
      opened(cells[index].gpu);
    }
  });
  canvas.addEventListener("focus", () => at < 0 && look(0));
  canvas.addEventListener("keydown", (event) => {
    const moves = {ArrowRight: () => at + 1, ArrowLeft: () => at - 1, ArrowDown: () => row(1), ArrowUp: () => row(-1), Home: () => 0, End: () => cells.length - 1};
    if (event.key === "Enter" && at >= 0) {
      opened(cells[at].gpu);
    } else if (moves[event.key] !== undefined && cells.length > 0) {
      event.preventDefault();
      look(at < 0 && event.key !== "End" ? 0 : moves[event.key]());
    }
  });
  const watch = new ResizeObserver(lay);
  watch.observe(node);
  return {node, show, stop: () => watch.disconnect()};
}

/** The beginning of a text that fits. */
function fitted(pen, text, width) {
  if (pen.measureText(text).width <= width) {
    return text;
  }
  let length = text.length;
  while (length > 1 && pen.measureText(`${text.slice(0, length)}…`).width > width) {
    length--;
  }
  return `${text.slice(0, length)}…`;
}

/** Fill: utilisation, in digits where there is room; a bar at the foot: memory; a dash: no utilisation; a corner: throttled or an XID. */
function paint(pen, {gpu, x, y}, size, look) {
  const foot = Math.round(size / 6);
  const corner = Math.min(size / 2, LARGE_CELL / 2);
  pen.fillStyle = gpu.utilization === undefined ? look.idle : viridis(gpu.utilization);
  pen.fillRect(x, y, size, size);
  if (gpu.utilization === undefined) {
    pen.fillStyle = look.text;
    pen.fillRect(x + size / 4, y + size / 2 - 1, size / 2, 1);
  } else if (size >= WIDE_CELL) {
    pen.fillStyle = gpu.utilization > BRIGHT ? "#000" : "#fff";
    pen.fillText(`${Math.round(gpu.utilization * 100)} %`, x + foot, y + size * 0.62);
  }
  if (gpu.mem_used_bytes !== undefined && gpu.mem_total_bytes > 0) {
    pen.fillStyle = look.page;
    pen.fillRect(x, y + size - foot - 1, size, foot + 1);
    pen.fillStyle = look.text;
    pen.fillRect(x, y + size - foot, size * Math.min(1, gpu.mem_used_bytes / gpu.mem_total_bytes), foot);
  }
  if (gpu.mark) {
    pen.fillStyle = look.page;
    pen.fillRect(x + size - corner - 1, y, corner + 1, corner + 1);
    pen.fillStyle = look.bad;
    pen.beginPath();
    pen.moveTo(x + size - corner, y);
    pen.lineTo(x + size, y);
    pen.lineTo(x + size, y + corner);
    pen.fill();
  }
}
