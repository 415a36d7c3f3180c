/** Elements. What comes from events is only ever handed on as text, so it is shown as text. */

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
      node.setAttribute(name, String(value));
    }
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined));
  return node;
}

/** Puts other children into a node; what had the focus has it afterwards, where it is still there. */
export function replace(node, ...children) {
  const focused = node.contains(document.activeElement) ? focusKey(document.activeElement) : null;
  node.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined));
  if (focused !== null) {
    const same = [...node.querySelectorAll("a, button, select, [tabindex]")];
    same.find((candidate) => focusKey(candidate) === focused)?.focus({preventScroll: true});
  }
}

function focusKey(node) {
  return [node.tagName, node.getAttribute("href"), node.getAttribute("data-key"), node.textContent].join("\u0000");
}
