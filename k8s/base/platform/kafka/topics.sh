#!/usr/bin/env bash
# Makes the topics of topics.conf, raises their partitions and replication where the file asks for more, and sets
# their configuration. Safe to repeat: what is right already is left alone.
set -euo pipefail

conf=${TOPICS_CONF:-/etc/kafka-topics/topics.conf}
bin=${KAFKA_BIN:-/opt/kafka/bin}
work=${TMPDIR:-/tmp}
: "${KAFKA_BOOTSTRAP:?}" "${KAFKA_NODES:?}" "${REPLICATION_FACTOR:?}" "${MIN_INSYNC_REPLICAS:?}"

fail() {
  echo "topics: $*" >&2
  exit 1
}

kafka() {
  local tool=$1
  shift
  "$bin/kafka-$tool.sh" --bootstrap-server "$KAFKA_BOOTSTRAP" "$@"
}

declare -A wanted config
order=()
number=0
while read -r name partitions settings; do
  number=$((number + 1))
  [[ -n $name && $name != \#* ]] || continue
  [[ $name =~ ^[A-Za-z0-9._-]{1,249}$ ]] || fail "topics.conf line $number: '$name' is not a topic name"
  [[ $partitions =~ ^[1-9][0-9]{0,3}$ ]] || fail "topics.conf line $number: partitions of $name is '$partitions'; expected 1 to 9999"
  order+=("$name")
  wanted[$name]=$partitions
  config[$name]=${settings// /,}
done <"$conf"
[ "${wanted[gpu.metrics.v1]:-}" = "${wanted[token.usage.v1]:-}" ] ||
  fail "topics.conf: gpu.metrics.v1 has ${wanted[gpu.metrics.v1]:-no} partitions and token.usage.v1 ${wanted[token.usage.v1]:-no}; expected the same number"

# Every node must be there first: a topic is not spread over nodes that join later.
limit=$((SECONDS + 240))
until brokers=$(kafka broker-api-versions 2>/dev/null | sed -n 's/.*(id: \([0-9]*\) rack.*isFenced: false.*/\1/p' | sort -n) &&
  [ "$(wc -w <<<"$brokers")" -ge "$KAFKA_NODES" ]; do
  [ $SECONDS -lt $limit ] || fail "after 240 s $(wc -w <<<"$brokers") of $KAFKA_NODES Kafka nodes answer at $KAFKA_BOOTSTRAP"
  sleep 2
done
mapfile -t nodes <<<"$brokers"

# describe: one line for each partition: topic, partition, replicas (comma separated).
describe() {
  kafka topics --describe | awk '$1 == "Topic:" && $3 == "Partition:" {
    for (i = 1; i < NF; i++) if ($i == "Replicas:") print $2, $4, $(i + 1) }'
}

before=$(describe)
for name in "${order[@]}"; do
  have=$(awk -v t="$name" '$1 == t' <<<"$before" | wc -l)
  if [ "$have" = 0 ]; then
    kafka topics --create --if-not-exists --topic "$name" --partitions "${wanted[$name]}" --replication-factor "$REPLICATION_FACTOR" >/dev/null
    echo "topics: $name made with ${wanted[$name]} partitions, replication $REPLICATION_FACTOR"
  elif [ "$have" -lt "${wanted[$name]}" ]; then
    kafka topics --alter --topic "$name" --partitions "${wanted[$name]}" >/dev/null
    echo "topics: $name raised from $have to ${wanted[$name]} partitions"
  elif [ "$have" -gt "${wanted[$name]}" ]; then
    fail "$name has $have partitions and topics.conf asks for ${wanted[$name]}: Kafka cannot take partitions away; write $have"
  else
    echo "topics: $name has its $have partitions"
  fi
done

# Replication, of Kafka's own topics too: a cluster that has grown from one node to three keeps its old topics on the
# first node until they are copied. First in the list, hence leader, is each node in turn.
plan=$(describe | awk -v factor="$REPLICATION_FACTOR" -v nodes="${nodes[*]}" '
  BEGIN { n = split(nodes, node, " ") }
  {
    have = split($3, old, ",")
    if (have >= factor) next
    kept = "," $3 ","
    for (i = 0; i < n && have < factor; i++) {
      candidate = node[(($2 + i) % n) + 1]
      if (index(kept, "," candidate ",") == 0) { kept = kept candidate ","; have++ }
    }
    list = ""
    for (i = 0; i < n; i++) {
      candidate = node[(($2 + i) % n) + 1]
      if (index(kept, "," candidate ",")) list = list (list == "" ? "" : ",") candidate
    }
    printf "%s{\"topic\":\"%s\",\"partition\":%d,\"replicas\":[%s]}", separator, $1, $2, list
    separator = ","
  }')
if [ -n "$plan" ]; then
  echo "{\"version\":1,\"partitions\":[$plan]}" >"$work/plan.json"
  kafka reassign-partitions --reassignment-json-file "$work/plan.json" --execute >/dev/null
  limit=$((SECONDS + 1800))
  until kafka reassign-partitions --reassignment-json-file "$work/plan.json" --verify --preserve-throttles >"$work/verify" &&
    ! grep -qE 'in progress|failed|not yet' "$work/verify"; do
    [ $SECONDS -lt $limit ] || fail "copying partitions to the new nodes has not ended after 1800 s: $(grep -cE 'in progress' "$work/verify") are in progress"
    sleep 3
  done
  echo "topics: $(grep -o '"topic"' <<<"$plan" | wc -l) partitions now have $REPLICATION_FACTOR replicas"
fi

# Per topic, not only in the brokers' file: there it would not count for topics whose leader knows eligible replicas.
for name in "${order[@]}"; do
  kafka configs --alter --entity-type topics --entity-name "$name" \
    --add-config "min.insync.replicas=$MIN_INSYNC_REPLICAS${config[$name]:+,${config[$name]}}" >/dev/null
done
for name in $(describe | awk '{print $1}' | sort -u | grep '^__' || true); do
  kafka configs --alter --entity-type topics --entity-name "$name" --add-config "min.insync.replicas=$MIN_INSYNC_REPLICAS" >/dev/null
done
echo "topics: done"
