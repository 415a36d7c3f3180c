#!/usr/bin/env bash
# In a Kafka node that runs: holds the files of its log by links beside them, so that they stay when the server deletes or
# compacts, and prints of each "BYTES MTIME PATH". A segment that is written to goes on growing behind that length.
#
#   kafka-hold.sh data      the partitions of topics; what an earlier backup held is let go
#   kafka-hold.sh quorum    the log of the metadata, which has to know all that is in the partitions: after them, on every node
set -euo pipefail

part=$1
root=${KAFKA_DATA:-/var/lib/kafka/data}
held=$root/.backup/kraft
cd "$root/kraft"

# What is left out is made anew at the start: the indexes of the last segment, which are set up larger than they are.
files() {
  local dir=$1 last
  last=$(cd "$dir" && printf '%s\n' [0-9]*.log | sort | tail -n 1)
  last=${last%.log}
  (cd "$dir" && printf '%s\n' *) | grep -E '^([0-9-]+\.(log|index|timeindex|txnindex|snapshot|checkpoint)|partition\.metadata|leader-epoch-checkpoint|quorum-state)$' |
    grep -vE "^$last\.(index|timeindex|txnindex)\$" || true
}

seen() {
  (cd "$1" && ls -i) | grep -vE '\.(index|timeindex|txnindex|cleaned|deleted)$'
}

# A moment in which nothing is renamed: what there is before and after the links were made is the same.
hold() {
  local dir=$1 before try
  for try in 1 2 3 4 5 6 7 8 9 10; do
    [ "$try" = 1 ] || sleep 0.2
    rm -rf "${held:?}/$dir"
    mkdir -p "$held/$dir"
    before=$(seen "$dir") || continue
    ! grep -q '\.swap$' <<<"$before" || continue
    # shellcheck disable=SC2016 # for the shell that is started
    (cd "$dir" && files . | xargs -r sh -c 'ln "$@" "$0"' "$held/$dir") 2>/dev/null || continue
    [ "$(seen "$dir")" != "$before" ] || return 0
  done
  echo "kafka-hold: $dir has changed at ten looks" >&2
  return 1
}

case $part in
  data)
    rm -rf "$root/.backup"
    mkdir -p "$held"
    # First: recovery begins where all was on the disk before, or earlier.
    for name in meta.properties bootstrap.checkpoint recovery-point-offset-checkpoint log-start-offset-checkpoint replication-offset-checkpoint; do
      [ ! -e "$name" ] || ln "$name" "$held/$name"
    done
    for dir in *-*/; do
      dir=${dir%/}
      [[ $dir =~ -[0-9]+$ && $dir != __cluster_metadata-* ]] || continue
      hold "$dir"
    done
    ;;
  quorum) hold __cluster_metadata-0 ;;
  *) echo "kafka-hold: '$part'; expected data or quorum" >&2 && exit 2 ;;
esac
cd "$root/.backup"
if [ "$part" = data ]; then from=kraft; else from=kraft/__cluster_metadata-0; fi
find "$from" -type f -exec stat -c '%s %Y %n' {} +
