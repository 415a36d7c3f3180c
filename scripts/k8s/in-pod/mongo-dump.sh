#!/usr/bin/env bash
# In MongoDB's primary: an archive of all that is stored, as it is when the dump ends: what is written meanwhile comes along from
# the oplog. The password is on no command line.
set -euo pipefail

root_password=${MONGO_ROOT_PASSWORD_FILE:-/etc/mongo-root/password}
exec nice -n 19 mongodump --config=<(printf 'password: "%s"\n' "$(<"$root_password")") --host=localhost --port=27017 --username=root \
  --authenticationDatabase=admin --oplog --archive --gzip
