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

# Each tool is a JVM that starts: all that is asked is asked once, and nothing is set that is so already.
# look: one line for each topic, "topic NAME CONFIGS", and for each partition, "partition NAME NUMBER REPLICAS".
look() {
  kafka topics --describe | awk '
    $1 == "Topic:" && $3 == "TopicId:" {
      configs = ""
      for (i = 1; i <= NF; i++) if ($i == "Configs:") configs = $(i + 1)
      print "topic", $2, configs
    }
    $1 == "Topic:" && $3 == "Partition:" {
      for (i = 1; i < NF; i++) if ($i == "Replicas:") print "partition", $2, $4, $(i + 1)
    }'
}

# configured NAME SETTINGS: sets those of the settings (a=1,b=2) that the topic does not have.
configured() {
  local name=$1 have one missing=
  have=,$(awk -v t="$name" '$1 == "topic" && $2 == t { print $3 }' <<<"$seen"),
  for one in ${2//,/ }; do
    [[ $have == *",$one,"* ]] || missing+=${missing:+,}$one
  done
  [ -n "$missing" ] || return 0
  kafka configs --alter --entity-type topics --entity-name "$name" --add-config "$missing" >/dev/null
  echo "topics: $name: $missing"
}

seen=$(look)
for name in "${order[@]}"; do
  # Per topic, not only in the brokers' file: there it would not count once a topic's leader knows eligible replicas.
  settings=min.insync.replicas=$MIN_INSYNC_REPLICAS${config[$name]:+,${config[$name]}}
  have=$(awk -v t="$name" '$1 == "partition" && $2 == t' <<<"$seen" | wc -l)
  if [ "$have" = 0 ]; then
    options=()
    for one in ${settings//,/ }; do options+=(--config "$one"); done
    kafka topics --create --if-not-exists --topic "$name" --partitions "${wanted[$name]}" \
      --replication-factor "$REPLICATION_FACTOR" "${options[@]}" >/dev/null
    echo "topics: $name made with ${wanted[$name]} partitions, replication $REPLICATION_FACTOR"
    continue
  fi
  [ "$have" -le "${wanted[$name]}" ] ||
    fail "$name has $have partitions and topics.conf asks for ${wanted[$name]}: Kafka cannot take partitions away; write $have"
  if [ "$have" -lt "${wanted[$name]}" ]; then
    kafka topics --alter --topic "$name" --partitions "${wanted[$name]}" >/dev/null
    echo "topics: $name raised from $have to ${wanted[$name]} partitions"
  else
    echo "topics: $name has its $have partitions"
  fi
  configured "$name" "$settings"
done

# Replication, of Kafka's own topics too: a cluster that has grown from one node to three keeps its old topics on the
# first node until they are copied. First in the list, hence leader, is each node in turn.
[ "$REPLICATION_FACTOR" = 1 ] || seen=$(look)
plan=$(awk -v factor="$REPLICATION_FACTOR" -v nodes="${nodes[*]}" '
  BEGIN { n = split(nodes, node, " ") }
  $1 == "partition" {
    have = split($4, old, ",")
    if (have >= factor) next
    kept = "," $4 ","
    for (i = 0; i < n && have < factor; i++) {
      candidate = node[(($3 + i) % n) + 1]
      if (index(kept, "," candidate ",") == 0) { kept = kept candidate ","; have++ }
    }
    list = ""
    for (i = 0; i < n; i++) {
      candidate = node[(($3 + i) % n) + 1]
      if (index(kept, "," candidate ",")) list = list (list == "" ? "" : ",") candidate
    }
    printf "%s{\"topic\":\"%s\",\"partition\":%d,\"replicas\":[%s]}", separator, $2, $3, list
    separator = ","
  }' <<<"$seen")
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

while read -r name; do
  configured "$name" "min.insync.replicas=$MIN_INSYNC_REPLICAS"
done < <(awk '$1 == "topic" && $2 ~ /^__/ { print $2 }' <<<"$seen")
echo "topics: done"
