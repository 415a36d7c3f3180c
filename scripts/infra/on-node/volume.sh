#!/usr/bin/env bash
# On the control plane, as root: a volume to S3 and back, past the operator's machine:
#   volume.sh put CLAIM BUCKET KEY           prints the sum of what is there now
#   volume.sh get CLAIM BUCKET KEY SHA256
# The pod volume-CLAIM has the volume. What is there at the end must hold as many files as the volume.
set -euo pipefail
verb=$1 claim=$2 bucket=$3 key=$4 sum=${5:-}
s3=/var/lib/k3s-node/s3.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
in_volume() { k3s kubectl -n platform exec -i "volume-$claim" -- "$@"; }
# The names in the archive, counted from a copy of the stream: one that is cut off is none.
mkfifo "$work/copy"
(set -o pipefail; tar -tzf - < "$work/copy" | grep -vc '/$' > "$work/files") &
reader=$!
case "$verb" in
  put)
    in_volume sh -c 'cd /volume && ls -A | grep -vx lost+found | tar -czf - -T -' < /dev/null | tee "$work/copy" | "$s3" put "$bucket" "$key" > "$work/put"
    sum=$(cut -d' ' -f2 "$work/put") ;;
  get)
    "$s3" has "$bucket" "$key" # before anything goes
    in_volume find /volume -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} + < /dev/null
    "$s3" get "$bucket" "$key" "$sum" | tee "$work/copy" | in_volume tar -C /volume -xzf - ;;
  *) echo "volume.sh: expected put or get" >&2; exit 2 ;;
esac
wait "$reader" || { echo "s3://$bucket/$key is cut off" >&2; exit 1; }
files=$(in_volume sh -c 'find /volume -name lost+found -prune -o ! -type d -print | wc -l' < /dev/null)
[ "$(cat "$work/files")" = "$files" ] || { echo "s3://$bucket/$key has $(cat "$work/files") files, the volume has $files" >&2; exit 1; }
echo "$sum"
