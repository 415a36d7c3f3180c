# shellcheck shell=bash
# What restore does with a backup of LIVE=yes. Sourced by it.
# shellcheck disable=SC2154 # dir, from, places and images are restore's

# builds_on: into places, the oldest first, where the archives of Kafka are; each has the sums that the next one knows of it.
builds_on() {
  local at=${places[0]} note=$dir/live.json base sum sums
  while base=$(jq -r '.base // empty' "$note") && [ -n "$base" ]; do
    sum=$(jq -r .base_sum "$note")
    [ -n "$from" ] || base=$(realpath -m "$at/$base")
    sums=$work/sums-${#places[@]}
    note=$work/live-${#places[@]}
    if [ -n "$from" ]; then
      aws s3 cp --only-show-errors "$base/SHA256SUMS" "$sums" && aws s3 cp --only-show-errors "$base/live.json" "$note"
    else
      cp "$base/SHA256SUMS" "$sums" && cp "$base/live.json" "$note"
    fi 2>"$work/fetched" || fail "$at builds on $base, which is not there: $(grep -v '^$' "$work/fetched" | tail -n 1)"
    [ "$(sha256sum <"$sums" | cut -d' ' -f1)" = "$sum" ] || fail "$at builds on $base, which is another backup now"
    [ -n "$from" ] || (cd "$base" && grep 'data-kafka-' SHA256SUMS | sha256sum --quiet -c >/dev/null 2>"$work/sums") || fail "$base is damaged: $(paste -sd' ' "$work/sums")"
    places=("$base" "${places[@]}")
    at=$base
  done
}

# sum_of PLACE FILE: what its SHA256SUMS says.
sum_of() {
  if [ "$1" = "$from" ]; then cat "$dir/SHA256SUMS"; else aws s3 cp --only-show-errors "$1/SHA256SUMS" -; fi |
    sed -n "s,^\([0-9a-f]*\)  \./$2\$,\1,p"
}

# kafka_put_back CLAIM: what each place has of it, one over the other; then exactly what was held.
kafka_put_back() {
  local claim=$1 place
  in_volume "$claim" find /volume -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +
  for place in "${places[@]}"; do
    if [ -n "$from" ]; then
      "$root/scripts/infra/volume" into "volume-$claim" "$place/$claim.tar.gz" "$(sum_of "$place" "$claim.tar.gz")" "tar -C /volume -xzf -" >"$work/got"
    else
      in_volume "$claim" tar -C /volume -xzf - <"$place/$claim.tar.gz"
    fi
  done
  in_volume "$claim" bash -c "$(<"$root/scripts/k8s/in-pod/kafka-settle.sh")" <"$dir/${claim#data-}.files" 2>"$work/settle" || fail "$(last_words "$work/settle")"
}

mongo_emptied() {
  local claim
  for claim in $(claims | grep '^data-mongo-' || true); do
    volume_pod "$claim" "${images[mongo]}"
    in_volume "$claim" find /volume -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +
    volumes+=("$claim")
  done
}

# The stores alone: whoever reads must find neither an empty store nor the offsets of later. The set-up Jobs run anew, for MongoDB
# is new.
platform_ready() {
  kubectl -n platform delete job kafka-topics mongo-init --ignore-not-found >/dev/null
  jq '{apiVersion: "v1", kind: "List", items: [.items[] | select(.metadata.namespace == "platform")]}' "$work/manifests.json" >"$work/platform.json"
  kubectl apply -f "$work/platform.json" >/dev/null || fail "kubectl apply refused the manifests"
  await platform 600
}

# replay_user JAVASCRIPT: to put back an oplog takes rights that nobody has otherwise, nor should. A server that speaks MongoDB's
# protocol only may know no roles but its own.
replay_user() {
  mongo_eval 'try { '"$1"' } catch (error) { if (error.code !== 59) throw error; }' >"$work/user" 2>&1 || fail "$(last_words "$work/user")"
}

# Whoever is not there need not go. What cannot be removed is said, and ends nothing.
replay_user_gone() {
  mongo_eval 'for (const drop of [() => admin.dropUser("replay"), () => admin.dropRole("replay")])
    try { drop(); } catch (error) { if (![11, 31, 59].includes(error.code)) throw error; }' >"$work/user" 2>&1 ||
    echo "$me: the user and the role replay of MongoDB's admin are still there: $(last_words "$work/user")" >&2
}

mongo_put_back() {
  local pod script
  pod=$(mongo_eval 'print(db.hello().primary)' | tail -n 1 | cut -d. -f1)
  [[ $pod =~ ^mongo-[0-9]+$ ]] || fail "MongoDB's primary is '$pod'"
  script=$(<"$root/scripts/k8s/in-pod/mongo-restore.sh")
  on_exit replay_user_gone
  replay_user 'admin.createRole({role: "replay", privileges: [{resource: {anyResource: true}, actions: ["anyAction"]}], roles: []});
    admin.createUser({user: "replay", pwd: require("fs").readFileSync("/etc/mongo-root/password", "utf8").trim(), roles: ["replay"]})'
  if [ -n "$from" ]; then
    "$root/scripts/infra/volume" into "$pod" "$from/mongo.archive.gz" "$(sum_of "$from" mongo.archive.gz)" "$script" >"$work/got"
  else
    kubectl -n platform exec -i "$pod" -- bash -c "$script" <"$dir/mongo.archive.gz" >"$work/got" 2>&1 || fail "mongorestore: $(last_words "$work/got")"
  fi
  replay_user_gone
  mongo_eval 'print(db.getCollectionNames().length, "collections")' | tail -n 1
}

# Kafka's own are those of when it was copied, later than the dump. A group whose members are gone has them for a while yet.
offsets_put_back() {
  tr , ' ' <"$dir/offsets.csv" | sort >"$work/offsets.wanted"
  eventually 240 "the group has the offsets of the backup" offsets_are_back
  echo "$(wc -l <"$work/offsets.wanted") partitions"
}

offsets_are_back() {
  local pod
  pod=$(ready_pod platform kafka)
  # shellcheck disable=SC2016 # for the shell in the pod
  kubectl -n platform exec -i "$pod" -c kafka -- bash -c 'cat >/tmp/offsets.csv && KAFKA_HEAP_OPTS=-Xmx128m LOG_DIR=/tmp KAFKA_GC_LOG_OPTS=-Xlog:disable \
    "${KAFKA_BIN:-/opt/kafka/bin}/kafka-consumer-groups.sh" --bootstrap-server kafka-bootstrap.platform.svc.cluster.local:9092 --group "$1" --reset-offsets --from-file /tmp/offsets.csv --execute' \
    - "$group" <"$dir/offsets.csv" >"$work/reset" 2>&1 || true
  # shellcheck disable=SC2034 # for eventually
  seen=$(grep -i error "$work/reset" | head -n 1 || true)
  committed >"$work/offsets.now"
  [ -z "$(comm -23 "$work/offsets.wanted" "$work/offsets.now")" ]
}
