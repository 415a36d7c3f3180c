#!/usr/bin/env bash
# In a primary that is empty: puts back what mongo-dump.sh wrote, from standard input, and prints how each collection ended. As a user
# who may replay an oplog: root may not, and what root may is put back with all else, for --oplogReplay takes the whole or nothing.
set -euo pipefail

root_password=${MONGO_ROOT_PASSWORD_FILE:-/etc/mongo-root/password}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
mongorestore --config=<(printf 'password: "%s"\n' "$(<"$root_password")") --host=localhost --port=27017 --username=replay \
  --authenticationDatabase=admin --archive --gzip --oplogReplay --writeConcern='{w: 1}' 2>"$log" || { tail -n 1 "$log" >&2 && exit 1; }
# It ends with 0 although documents were refused.
grep -E 'finished restoring .*gpu_analytics\.' "$log" || { echo "mongorestore: nothing of gpu_analytics was in the dump" >&2 && exit 1; }
! grep -E 'finished restoring .*gpu_analytics\..*[^0-9][1-9][0-9]* failure' "$log" >&2 || exit 1
