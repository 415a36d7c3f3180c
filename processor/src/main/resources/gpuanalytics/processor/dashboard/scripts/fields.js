/** The fields of forms. */
import {el} from "./dom.js";

/** A labelled field of one line; a `list` of texts is offered while typing. */
export function field(label, name, attributes = {}) {
  const {list, ...others} = attributes;
  const input = el("input", {name, autocomplete: "off", list: list === undefined ? null : `list-${name}`, ...others});
  return el("label", {class: "field"}, el("span", {}, label), input, list === undefined ? null : el("datalist", {id: `list-${name}`}, options(list)));
}

/** Other texts are offered from now on. */
export function offer(form, name, list) {
  form.querySelector(`#list-${name}`).replaceChildren(...options(list));
}

function options(list) {
  return [...new Set(list)].map((value) => el("option", {value}));
}

/** What stands in a form, without blanks around it. */
export function written(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
}
