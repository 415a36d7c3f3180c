#!/usr/bin/env bash
# With a Kafka node's volume that is unpacked, at /volume: makes it what was held, by the list "BYTES MTIME PATH" on standard input.
# A file that is longer is cut, one that is not in the list goes, one that is missing or shorter ends it.
set -euo pipefail

cd "${VOLUME:-/volume}"
declare -A listed
while read -r bytes _ path; do
  listed[$path]=yes
  [ -f "$path" ] || { echo "kafka-settle: $path is missing" >&2 && exit 1; }
  have=$(stat -c %s "$path")
  [ "$have" -ge "$bytes" ] || { echo "kafka-settle: $path has $have bytes, expected $bytes" >&2 && exit 1; }
  [ "$have" = "$bytes" ] || truncate -s "$bytes" "$path"
done
[ ${#listed[@]} -gt 0 ] || { echo "kafka-settle: the list is empty" >&2 && exit 1; }
while read -r path; do
  [ -n "${listed[$path]:-}" ] || rm -f "$path"
done < <(find kraft -type f)
echo "${#listed[@]} files"
