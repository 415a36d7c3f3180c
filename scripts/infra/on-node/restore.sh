#!/usr/bin/env bash
# On the control plane, as root: puts the cluster back to an etcd snapshot. Arguments: the file, and the version of the SSM
# parameter that held the server token when it was taken, since a snapshot opens with that token only.
set -euo pipefail
# shellcheck source=/dev/null
. /etc/k3s-node.env
etc=/etc/rancher/k3s data=/var/lib/rancher/k3s snapshot=$1
# A server that joined others begins anew here: what it restores is the whole cluster. The token alone, for the CA may be another.
rm -f "$etc/config.yaml.d/join.yaml"
now=$(sed 's/^K10[0-9a-f]*::server://' "$etc/server-token")
then=$(/usr/local/lib/k3s-node/aws.py get "$SERVER_TOKEN${2:+:$2}")
[ -n "$then" ] || { echo "the snapshot's token is empty" >&2; exit 1; }
umask 077
systemctl stop k3s
printf '%s\n' "$then" > "$etc/server-token"
rm -f "$data/server/db/reset-flag"
if ! k3s server --cluster-reset "--cluster-reset-restore-path=$snapshot" > /run/cluster-reset.log 2>&1; then
  printf '%s\n' "$now" > "$etc/server-token"
  /usr/local/sbin/k3s-node apply > /dev/null || true
  echo "not restored: $(grep -v '^$' /run/cluster-reset.log | tail -n 1)" >&2
  exit 1
fi
/usr/local/sbin/k3s-node apply > /dev/null
if [ "$then" != "$now" ]; then
  k3s token rotate --token "$then" --new-token "$now" > /dev/null
  printf '%s\n' "$now" > "$etc/server-token"
  /usr/local/sbin/k3s-node apply > /dev/null
  echo "took the snapshot's older server token back to the present one"
fi
# Its CA may be another than the one that workers know: on a new machine it is.
/usr/local/sbin/k3s-node install > /dev/null
rm -f "$snapshot"
