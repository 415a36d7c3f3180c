#!/usr/bin/env bash
# On the control plane, as root: a volume to S3 and back, past the operator's machine:
#   volume.sh put CLAIM BUCKET KEY           prints the sum of what is there now
#   volume.sh get CLAIM BUCKET KEY SHA256
# The pod volume-CLAIM has the volume. What is there at the end must hold as many files as the volume.
#   volume.sh from POD BUCKET KEY SCRIPT           what a script of bash in the pod prints, to S3; prints the sum
#   volume.sh into POD BUCKET KEY SHA256 SCRIPT    and back, to what a script reads
set -euo pipefail
verb=$1 claim=$2 bucket=$3 key=$4 sum=${5:-}
s3=/var/lib/k3s-node/s3.py
work=$(mktemp -d)
reader=
trap '[ -z "$reader" ] || kill "$reader" 2> /dev/null || true; rm -rf "$work"' EXIT
in_volume() { k3s kubectl -n platform exec -i "volume-$claim" -- "$@"; }
# The names in the archive, from a copy of the stream: one that is cut off is none. The reader waits for a writer, so it begins where
# that comes next; and it holds nothing of the session, which would not end before it.
mkfifo "$work/copy"
read_names() { tar -tzf - > "$work/names" 2> "$work/error" < "$work/copy" & reader=$!; }
in_pod() { k3s kubectl -n platform exec -i "$claim" -- bash -c "$1"; }
case "$verb" in
  from)
    in_pod "$5" < /dev/null | "$s3" put "$bucket" "$key" > "$work/put"
    cut -d' ' -f2 "$work/put"
    exit ;;
  into)
    "$s3" has "$bucket" "$key"
    "$s3" get "$bucket" "$key" "$sum" | in_pod "$6"
    exit ;;
  put)
    read_names
    in_volume sh -c 'cd /volume && ls -A | grep -vx lost+found | tar -czf - -T -' < /dev/null | tee "$work/copy" | "$s3" put "$bucket" "$key" > "$work/put"
    sum=$(cut -d' ' -f2 "$work/put") ;;
  get)
    "$s3" has "$bucket" "$key" # before anything goes
    in_volume find /volume -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} + < /dev/null
    read_names
    "$s3" get "$bucket" "$key" "$sum" | tee "$work/copy" | in_volume tar -C /volume -xzf - ;;
  *) echo "volume.sh: expected put, get, from or into" >&2; exit 2 ;;
esac
if ! wait "$reader" || ! grep -v '/$' "$work/names" > "$work/files"; then echo "s3://$bucket/$key is cut off, or has no file" >&2; exit 1; fi
reader=
files=$(in_volume sh -c 'find /volume -name lost+found -prune -o ! -type d -print | wc -l' < /dev/null)
archived=$(wc -l < "$work/files")
[ "$archived" = "$files" ] || { echo "s3://$bucket/$key has $archived files, the volume has $files" >&2; exit 1; }
echo "$sum"
