# shellcheck shell=bash disable=SC2154
# The ledger's dollars against a bill that is summed from the stored minutes. Sourced after k8s.sh.

# bill_query FROM TO POLLS: the JavaScript that prints "MICRODOLLARS MICROSECONDS" so many times: what the GPUs of the hours
# from FROM to TO (seconds since 1970) cost by the prices of their samples, and how long they were there. A GPU is there from
# its first to its last sample, from the hour's start where it has samples in the hour before, and to its end where it has
# some in the hour after; the time between two minutes costs what the earlier one said.
bill_query() {
  cat <<JS
    const hour = 3600000, minute = 60000, whole = 60000000;
    const price = row => { const p = row.price_per_hour_usd; return p && Number(p.n) ? Math.round(Number(p.sum_micro) / Number(p.n)) : null; };
    const there = start => new Set(db.gpu_hour.distinct("gpu", {bucket: new Date(start)}));
    const perHour = 3600000000n;
    const rounded = sum => {
      const twice = 2n * (sum % perHour), down = sum / perHour;
      return twice > perHour || (twice == perHour && down % 2n == 1n) ? down + 1n : down;
    };
    const bill = () => {
      let us = 0, sum = 0n;
      const add = (time, usd) => { us += time; if (usd != null) sum += BigInt(time) * BigInt(usd); };
      for (let start = $1 * 1000; start < $2 * 1000; start += hour) {
        const before = there(start - hour), after = there(start + hour), gpus = new Map();
        db.gpu_minute.find({bucket: {\$gte: new Date(start), \$lt: new Date(start + hour)}}).forEach(row => {
          const at = row.bucket.getTime(), minutes = gpus.get(row.gpu) || gpus.set(row.gpu, new Map()).get(row.gpu);
          const known = minutes.get(at) || {us: 0, usd: price(row)};
          minutes.set(at, {...known, us: Math.min(whole, known.us + Number(row.covered_us || 0))});
        });
        for (const [gpu, minutes] of gpus) {
          const times = [...minutes.keys()].sort((a, b) => a - b), last = times.length - 1;
          if (before.has(gpu)) add((times[0] - start) / minute * whole, minutes.get(times[0]).usd);
          times.forEach((at, i) => {
            const {us, usd} = minutes.get(at), goesOn = i < last || after.has(gpu);
            // What samples do not cover of its first and of its last minute is before and after it was there.
            add(goesOn && (i > 0 || before.has(gpu)) ? whole : us, usd);
            if (goesOn) add(((i < last ? times[i + 1] : start + hour) - at - minute) / minute * whole, usd);
          });
        }
      }
      return rounded(sum) + " " + us;
    };
    for (let i = 0; i < $3; i++) { print(bill()); sleep(200); }
JS
}

# bill_agrees: asks /costs again and again while the store's bill is watched, until both say the same; an answer reads for some
# milliseconds while more is stored, so not each one is a moment of the store. An answer whose parts are not its total ends it.
bill_agrees() {
  local from to watcher
  from=$((account_time / 3600 * 3600))
  to=$((($(date +%s) / 3600 + 1) * 3600))
  : >"$work/bills"
  : >"$work/answers"
  mongo_eval "$(bill_query $from $to 200)" >"$work/bills" 2>"$work/bills.err" &
  watcher=$!
  eventually 90 "an answer of /costs that is the bill of the stored minutes" bill_seen "/costs?from=$from&to=$to&group_by=team"
  kill "$watcher" 2>/dev/null || true
  echo "$seen"
}

bill_seen() {
  http processor 8080 "$1" || { seen="GET $1: $http_status" && return 1; }
  jq -e "$bill_parts" "$work/body" >"$work/parts" || fail "GET $1: the parts are not the total, or the rows not the totals: $(jq -c .totals "$work/body")"
  jq -r '"\(.total) \(.us)"' "$work/parts" >>"$work/answers"
  seen="the last answer $(tail -1 "$work/answers"), the store $(tail -1 "$work/bills" "$work/bills.err" | tail -1) (microdollars and microseconds)"
  grep -qxFf "$work/answers" "$work/bills" || return 1
  seen=$(jq -r '"attributed \(.attributed / 1e6) + idle \(.idle / 1e6) + unknown \(.unknown / 1e6) = \(.total / 1e6) USD, as the stored minutes of \(.us / 3.6e9) GPU-hours say"' "$work/parts")
}

# In whole microdollars and microseconds, null where something does not add up.
# shellcheck disable=SC2016 # for jq
bill_parts='def micro: (. // 0) * 1e6 | round;
  [.rows[].usd | .total | micro] as $rows
  | (.totals | {attributed: (.usd.attributed | micro), idle: (.usd.idle | micro), unknown: (.usd.unknown | micro), total: (.usd.total | micro),
      us: ((.gpu_s.attributed | micro) + (.gpu_s.idle | micro) + (.gpu_s.unknown | micro))})
  | select(.attributed + .idle + .unknown == .total and ($rows | add // 0) == .total)'
