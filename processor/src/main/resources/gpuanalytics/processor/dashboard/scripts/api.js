/** Asks the API: the same paths as anybody. */

const RETRY_MS = 1000;

/** So that one page leaves room for others; what it no longer waits for may still be under way. */
const MOST_AT_ONCE = 4;
let running = 0;
const waiting = [];

/** An answer that is none, in the API's own words. */
export class Refusal extends Error {}

/** The address of a question; parameters that are null are left out, lists have each value as it stands. */
export function question(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (Array.isArray(value)) {
      const values = value.length === 1 ? [quoted(value[0])] : value;
      values.forEach((one) => query.append(name, one));
    } else if (value !== null && value !== undefined) {
      query.append(name, value);
    }
  }
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** A value that is alone is parted at its commas, unless it stands in quotes. */
function quoted(text) {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The same question with its answer as CSV. */
export function asCsv(target) {
  return `${target}${target.includes("?") ? "&" : "?"}format=csv`;
}

/** What several parts of a view ask together is asked once. */
const underWay = new Map();

/** The answer's JSON. Asks once more where the server is busy or cannot be reached. */
export function ask(target, signal) {
  return once(target, signal, async () => (await fetched(target, signal)).json());
}

/** The answer's text. */
export function askText(target, signal) {
  return once(target, signal, async () => (await fetched(target, signal)).text());
}

function once(target, signal, asking) {
  const before = underWay.get(target);
  if (before !== undefined && before.signal === signal) {
    return before.answer;
  }
  const mine = {signal, answer: asking()};
  underWay.set(target, mine);
  const end = () => underWay.get(target) === mine && underWay.delete(target);
  mine.answer.then(end, end);
  return mine.answer;
}

/** Puts something in place of what there is; not asked again where it fails. */
export async function put(target, content, token) {
  const headers = {"content-type": "application/json", ...(token === "" ? {} : {authorization: `Bearer ${token}`})};
  const answer = await fetch(target, {method: "PUT", headers, body: JSON.stringify(content)});
  if (!answer.ok) {
    throw new Refusal(await detail(answer));
  }
  return answer.json();
}

async function fetched(target, signal) {
  let answer = await tried(target, signal);
  if (answer === null || answer.status === 503) {
    await pause(signal);
    answer = await inTurn(target, signal);
  }
  if (!answer.ok) {
    throw new Refusal(await detail(answer));
  }
  return answer;
}

/** Asks when it is its turn. */
async function inTurn(target, signal) {
  if (running >= MOST_AT_ONCE) {
    await new Promise((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    return await fetch(target, {signal});
  } finally {
    const next = waiting.shift();
    if (next === undefined) {
      running--;
    } else {
      next();
    }
  }
}

async function tried(target, signal) {
  try {
    return await inTurn(target, signal);
  } catch (failure) {
    if (signal?.aborted) {
      throw failure;
    }
    return null;
  }
}

function pause(signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, RETRY_MS);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

async function detail(answer) {
  try {
    const problem = await answer.json();
    return problem.errors?.join("; ") ?? problem.detail ?? `HTTP ${answer.status}`;
  } catch {
    return `HTTP ${answer.status}`;
  }
}
