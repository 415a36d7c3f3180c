/** Elements. What comes from events is only ever handed on as text, so it is shown as text. */

/** What steers a terminal: control characters but tabs and ends of lines. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u;

/** That, and what is invisible or turns the direction of what follows: formats, fillers, ends of lines, and what is no character. */
const HIDDEN = new RegExp(`${CONTROL.source}|[\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u2800\\u3164\\uffa0]`, "gu");
const LABELS = new Set(["title", "aria-label"]);

/** Whether a text is not to be pasted into a terminal. */
export function steersTerminal(text) {
  return CONTROL.test(text);
}

/** A text of others as it is shown: two names that are not the same do not look the same. */
function shown(text) {
  return String(text).replace(HIDDEN, (character) => {
    const code = character.codePointAt(0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** A text of the page's own, such as a date in the reader's language, which may hold what turns its direction. */
export function own(text) {
  return document.createTextNode(text);
}

/** An element with attributes (`onclick` and the like take functions) and children: nodes or texts. */
export function el(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** The same in SVG. */
export function svg(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      node.addEventListener(name.slice(2), value);
    } else if (value === true) {
      node.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, LABELS.has(name) ? shown(value) : String(value));
    }
  }
  node.append(...nodes(children));
  return node;
}

function nodes(children) {
  const some = children.flat(2).filter((child) => child !== null && child !== undefined);
  return some.map((child) => (child instanceof Node ? child : shown(child)));
}

/** Puts other children into a node; what had the focus has it afterwards, where it is still there. */
export function replace(node, ...children) {
  const focused = node.contains(document.activeElement) ? focusKey(document.activeElement) : null;
  node.replaceChildren(...nodes(children));
  if (focused !== null) {
    const same = [...node.querySelectorAll("a, button, select, summary, [tabindex]")];
    same.find((candidate) => focusKey(candidate) === focused)?.focus({preventScroll: true});
  }
}

function focusKey(node) {
  // not by a text that changes with what is pressed or shown, where there is something else
  const name = node.getAttribute("data-key") ?? node.getAttribute("aria-label") ?? node.getAttribute("name") ?? node.textContent;
  return [node.tagName, node.getAttribute("href"), name].join("\u0000");
}

/** What this browser has kept under a name; null where it kept nothing or may not. */
export function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text under a name, or forgets it where it is null; a browser that keeps nothing goes without. */
export function keep(name, text) {
  try {
    if (text === null) {
      localStorage.removeItem(name);
    } else {
      localStorage.setItem(name, text);
    }
  } catch {
    // site data is blocked: the page works without
  }
}
