// The bill that verify-workflow sums from stored minutes, on a store in memory: the example of docs/ledger.md and its edges.
const {execFileSync} = require("node:child_process");
const assert = require("node:assert");
const path = require("node:path");

const library = path.join(__dirname, "../lib/bill.sh");
const hour = 3600000, minute = 60000, start = 1700000 * 1000 * 1000 - (1700000 * 1000 * 1000) % hour;
const query = execFileSync("bash", ["-c", 'source "$1"; bill_query "$2" "$3" 1', "-", library, start / 1000, start / 1000 + 3600], {encoding: "utf8"});

const within = (row, {$gte, $lt}) => row.bucket >= $gte && row.bucket < $lt;
function bill(minutes, hours = []) {
  const printed = [];
  const db = {
    gpu_hour: {distinct: (_, filter) => hours.filter(h => h.bucket.getTime() == filter.bucket.getTime()).map(h => h.gpu)},
    gpu_minute: {find: filter => minutes.filter(row => within(row, filter.bucket))},
  };
  new Function("db", "print", "sleep", query)(db, line => printed.push(line), () => {});
  return printed.join();
}
const row = (gpu, at, usd, seconds = 60) => ({
  gpu,
  bucket: new Date(start + at * minute),
  covered_us: seconds * 1e6,
  ...(usd == null ? {} : {price_per_hour_usd: {n: 4, sum_micro: 4 * usd * 1e6}}),
});
const range = (from, to) => Array.from({length: to - from}, (_, i) => from + i);

const example = [
  ...range(0, 60).map(at => row("A", at, at < 30 ? 4 : 6)),
  ...[...range(0, 20), ...range(30, 60)].map(at => row("B", at, 2)),
];
assert.equal(bill(example), "7000000 7200000000");
// Rows come in any order, and those of one GPU and minute add up to a minute at most.
assert.equal(bill([...example].reverse()), "7000000 7200000000");
assert.equal(bill([row("A", 0, 36, 40), row("A", 0, 36, 40)]), "600000 60000000");
// A GPU that comes and goes within the hour is there from its first to its last sample.
assert.equal(bill([row("A", 10, 36, 30), row("A", 13, 36, 15)]), "1650000 165000000");
// One that was there before and is there after is there all the time.
const neighbours = [{gpu: "A", bucket: new Date(start - hour)}, {gpu: "A", bucket: new Date(start + hour)}];
assert.equal(bill([row("A", 10, 36, 30), row("A", 13, 36, 15)], neighbours), "36000000 3600000000");
assert.equal(bill([row("A", 10, 36, 30)], neighbours.slice(0, 1)), "6300000 630000000");
assert.equal(bill([row("A", 10, 36, 30)], neighbours.slice(1)), "29700000 2970000000");
// Without a price there is time and no money; the time between costs what the earlier minute said.
assert.equal(bill([row("A", 10, null), row("A", 12, 36)]), "600000 180000000");
assert.equal(bill([row("A", 10, 36), row("A", 12, null)]), "1200000 180000000");
// Halves go to the even microdollar.
assert.equal(bill([{...row("A", 0, 0.0018), covered_us: 1e6}]), "0 1000000");
assert.equal(bill([{...row("A", 0, 0.0054), covered_us: 1e6}]), "2 1000000");
console.log("ok");
