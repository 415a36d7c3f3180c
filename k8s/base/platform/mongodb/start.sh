#!/usr/bin/env bash
# Starts mongod as a member of the replica set. Only member 0 makes the root user on an empty volume: the others must
# be empty when they are added, and receive it by replication.
set -euo pipefail

if [[ ${POD_NAME:?} == *-0 ]]; then
  export MONGO_INITDB_ROOT_USERNAME=root MONGO_INITDB_ROOT_PASSWORD_FILE=/etc/mongo-root/password
fi
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile /run/mongo/keyfile --bind_ip_all --wiredTigerCacheSizeGB "${MONGO_CACHE_GB:-0.5}"
