#!/usr/bin/env bash
# Writes this node's server.properties and formats its volume, unless it is formatted.
#
# Only node 0, and only once in the life of the cluster, may begin a quorum of its own; every other start joins the one
# there is. The Secret kafka-cluster holds the cluster's id and, once the first node has been up, the key
# "bootstrapped": with it, an empty volume of node 0 is a lost volume and never a second cluster.
set -euo pipefail

files=${KAFKA_FILES:-/etc/kafka-files}
cluster=${KAFKA_CLUSTER:-/etc/kafka-cluster}
run=${KAFKA_RUN:-/run/kafka}
data=${KAFKA_DATA:-/var/lib/kafka/data}/kraft
bin=${KAFKA_BIN:-/opt/kafka/bin}
domain=kafka-headless.platform.svc.cluster.local

fail() {
  echo "format: $*" >&2
  exit 1
}

: "${POD_NAME:?}" "${KAFKA_NODES:?}" "${REPLICATION_FACTOR:?}" "${MIN_INSYNC_REPLICAS:?}"
node=${POD_NAME##*-}
[[ $node =~ ^[0-9]+$ ]] || fail "POD_NAME is '$POD_NAME'; expected a name that ends in the node's number, such as kafka-0"
cluster_id=$(<"$cluster/cluster-id")
[[ $cluster_id =~ ^[A-Za-z0-9_-]{22}$ ]] || fail "cluster-id of the Secret kafka-cluster is not 22 characters of base64url"

controllers=()
for ((i = 0; i < KAFKA_NODES; i++)); do
  controllers+=("kafka-$i.$domain:9093")
done

{
  cat "$files/server.properties"
  echo "node.id=$node"
  echo "advertised.listeners=PLAINTEXT://$POD_NAME.$domain:9092,CONTROLLER://$POD_NAME.$domain:9093"
  echo "controller.quorum.bootstrap.servers=$(IFS=,; echo "${controllers[*]}")"
  echo "default.replication.factor=$REPLICATION_FACTOR"
  echo "min.insync.replicas=$MIN_INSYNC_REPLICAS"
  echo "offsets.topic.replication.factor=$REPLICATION_FACTOR"
  echo "transaction.state.log.replication.factor=$REPLICATION_FACTOR"
  echo "transaction.state.log.min.isr=$MIN_INSYNC_REPLICAS"
  # Alone there is nobody to take over: a node that is slow for a while must not be fenced, which only costs it its leaders.
  [ "$KAFKA_NODES" -gt 1 ] || echo "broker.session.timeout.ms=60000"
} >"$run/server.properties"

# quorum_answers: whether a controller of another node knows a leader.
quorum_answers() {
  local i host
  for ((i = 0; i < KAFKA_NODES; i++)); do
    [ "$i" != "$node" ] || continue
    host=kafka-$i.$domain
    timeout 3 bash -c ": <>/dev/tcp/$host/9093" 2>/dev/null || continue
    timeout 20 "$bin/kafka-metadata-quorum.sh" --bootstrap-controller "$host:9093" describe --status 2>/dev/null |
      grep -q '^LeaderId: *[0-9]' && return 0
  done
  return 1
}

# A node that was killed while it was formatting has no meta.properties: it is formatted again.
if [ -e "$data/meta.properties" ]; then
  how=--no-initial-controllers # demanded, and of no effect on a volume that is formatted
elif [ "${KAFKA_EPHEMERAL:-no}" = yes ]; then
  how=--standalone
elif [ "$node" != 0 ]; then
  how=--no-initial-controllers
elif [ -e "$cluster/bootstrapped" ]; then
  [ "$KAFKA_NODES" -gt 1 ] ||
    fail "the volume of kafka-0 is empty, but this cluster has had data and has no other node that holds it: restore a backup (make restore)," \
      "or give the data up (kubectl -n platform patch secret kafka-cluster --type=json -p '[{\"op\":\"remove\",\"path\":\"/data/bootstrapped\"}]')"
  echo "format: the volume of node 0 is empty, but the cluster is not new: joining the other nodes"
  how=--no-initial-controllers
elif quorum_answers; then
  echo "format: another node knows a quorum: joining it"
  how=--no-initial-controllers
else
  how=--standalone
fi

[ -e "$data/meta.properties" ] || echo "format: node $node of cluster $cluster_id: $how"
# On a formatted volume it only compares the cluster's id, and refuses another one.
# The id stands behind a "=": one that begins with "-" would be taken for an option.
exec "$bin/kafka-storage.sh" format --ignore-formatted --cluster-id="$cluster_id" --config "$run/server.properties" "$how"
