#!/usr/bin/env bash
# On the control plane, as root: takes an etcd snapshot and prints its path.
set -euo pipefail
folder=/var/lib/rancher/k3s/server/db/snapshots
k3s etcd-snapshot save --name "$1" > /dev/null 2> /run/etcd-snapshot.err || { grep -v '^$' /run/etcd-snapshot.err | tail -n 1 >&2; exit 1; }
find "$folder" -type f -name "$1-*" | sort | tail -n 1
