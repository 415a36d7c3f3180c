#!/usr/bin/env bash
# In a primary that is empty: puts back what mongo-dump.sh wrote, from standard input. Users are the init Job's.
set -euo pipefail

root_password=${MONGO_ROOT_PASSWORD_FILE:-/etc/mongo-root/password}
exec mongorestore --config=<(printf 'password: "%s"\n' "$(<"$root_password")") --host=localhost --port=27017 --username=root \
  --authenticationDatabase=admin --archive --gzip --oplogReplay --nsInclude='gpu_analytics.*' --stopOnError --writeConcern='{w: 1}'
