/** Numbers and times as people read them; each element holds the exact value too. */
import {el, own} from "./dom.js";

const PREFIXES = ["", "k", "M", "G", "T", "P"];
const cents = numberFormat({minimumFractionDigits: 2, maximumFractionDigits: 2});
const whole = numberFormat({maximumFractionDigits: 0});
const three = numberFormat({maximumSignificantDigits: 3});
const two = numberFormat({maximumSignificantDigits: 2});
const oneDecimal = numberFormat({minimumFractionDigits: 1, maximumFractionDigits: 1});
const signed = numberFormat({minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero"});
const dateTime = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "short"});
const clock = new Intl.DateTimeFormat(undefined, {timeStyle: "medium"});

function numberFormat(options) {
  return new Intl.NumberFormat(undefined, options);
}

/** What is not known: never zero, never empty. */
export function absent(why) {
  return el("span", {class: "absent", title: why, "aria-label": `not known: ${why}`}, "–");
}

/** A value with its text; the exact one on hover. */
export function value(exact, text, unit = "") {
  return el("data", {value: exact, title: `${exact}${unit ? ` ${unit}` : ""}`}, own(text));
}

function known(number, why, text, unit) {
  return number === null || number === undefined ? absent(why) : value(number, text(number), unit);
}

/** Three digits and k, M, G; whole numbers below a thousand as they are. */
export function scaledText(number) {
  const size = Math.abs(number);
  if (size < 1000) {
    return Number.isInteger(number) ? whole.format(number) : three.format(number);
  }
  const power = Math.min(PREFIXES.length - 1, Math.floor(Math.log10(size) / 3));
  return `${three.format(number / 1000 ** power)} ${PREFIXES[power]}`;
}

/** Dollars: cents up to a thousand, then three digits; below a cent the two digits that there are. */
export function usdText(number) {
  if (number < 0) {
    return `−${usdText(-number)}`;
  }
  const size = Math.abs(number);
  if (size >= 1000) {
    return `$${scaledText(number)}`;
  }
  return size > 0 && size < 0.01 ? `$${two.format(number)}` : `$${cents.format(number)}`;
}

export const usd = (number, why = "nothing of it has a price") => known(number, why, usdText, "USD");

/** A price per million tokens or the like: three digits below a dollar, where it may be far below a cent. */
export const rate = (number, why) => known(number, why, (n) => (n >= 1 ? usdText(n) : `$${three.format(n)}`), "USD");

export const count = (number, why = "not reported", unit = "") => known(number, why, scaledText, unit);

export const measure = (number, unit, why = "no sample tells of it") => known(number, why, (n) => three.format(n), unit);

export const share = (number, why = "not known") => known(number, why, (n) => `${oneDecimal.format(n * 100)} %`);

/** A change, as a part of what it was. */
export const changeText = (part) => `${signed.format(part * 100)} %`;

/** The change of a share. */
export const pointsText = (part) => `${signed.format(part * 100)} points`;

/** Seconds of GPUs, shown in hours. */
export const hours = (seconds, why = "there is none") => known(seconds, why, (n) => scaledText(n / 3600), "s");

/** Bytes, shown in GiB. */
export const gib = (bytes, why = "no sample tells of it") => known(bytes, why, (n) => three.format(n / 2 ** 30), "bytes");

/** A moment: local, in UTC on hover. */
export function time(moment) {
  const date = new Date(moment);
  return el("time", {datetime: date.toISOString(), title: date.toISOString()}, own(dateTime.format(date)));
}

export const timeText = (moment) => dateTime.format(new Date(moment));
export const clockText = (moment) => clock.format(new Date(moment));

/** How long ago, in words. */
export function ageText(seconds) {
  if (seconds < 90) {
    return `${Math.max(0, Math.round(seconds))} s`;
  }
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${three.format(seconds / 3600)} h`;
}
