#!/usr/bin/env bash
# On a server beside the one that restore.sh has run on, as root: leaves what it had of the cluster, and joins the restored one. What is
# gone is etcd's data, and what etcd has beside them: certificates, passwords, tokens.
set -euo pipefail
data=/var/lib/rancher/k3s/server
systemctl stop k3s
rm -rf "$data/db" "$data/tls" "$data/cred" "$data/token" "$data/agent-token" "$data/node-token"
/usr/local/sbin/k3s-node install > /dev/null
