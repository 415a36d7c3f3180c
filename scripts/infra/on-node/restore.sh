#!/usr/bin/env bash
# On the control plane, as root: puts the cluster back to an etcd snapshot. Arguments: the file, and the version of the SSM
# parameter that held the server token when it was taken, since a snapshot opens with that token only. Exit 3: refused, and this server is
# as it was; after any other failure it may be the restored cluster's, and one of the others would be of another.
set -euo pipefail
# shellcheck source=/dev/null
. /etc/k3s-node.env
etc=/etc/rancher/k3s data=/var/lib/rancher/k3s snapshot=$1
now=$(sed 's/^K10[0-9a-f]*::server://' "$etc/server-token")
then=$(/usr/local/lib/k3s-node/aws.py get "$SERVER_TOKEN${2:+:$2}") || { echo "the snapshot's token cannot be read" >&2; exit 3; }
[ -n "$then" ] || { echo "the snapshot's token is empty" >&2; exit 3; }
umask 077
join=$etc/config.yaml.d/join.yaml joined='' form=$(cat "$etc/server-token") began=$(date +%s)
# What a reset that failed has changed: K3s moves etcd's data away first, and writes the tokens that it began with. A start without the
# data would begin another cluster. Started without waiting, for among several it has no quorum before the others.
as_before() {
  local old
  for old in "$data"/server/db/etcd-old-*; do
    if [ -d "$old" ] && [ "${old##*-}" -ge "$began" ]; then
      rm -rf "$data/server/db/etcd"
      mv "$old" "$data/server/db/etcd"
    fi
  done
  rm -f "$data/server/db/reset-flag" "$data/server/cred/passwd" # K3s takes etcd's
  printf '%s\n' "$form" > "$etc/server-token"
  [ -z "$joined" ] || printf '%s\n' "$joined" > "$join"
  systemctl --no-block start k3s
}
systemctl stop k3s
# A server that joined others begins anew here: what it restores is the whole cluster. The token alone, for the CA may be another.
if [ -f "$join" ]; then
  joined=$(cat "$join")
  rm "$join"
fi
printf '%s\n' "$then" > "$etc/server-token"
rm -f "$data/server/db/reset-flag"
if ! k3s server --cluster-reset "--cluster-reset-restore-path=$snapshot" > /run/cluster-reset.log 2>&1; then
  as_before
  echo "not restored: $(grep -v '^$' /run/cluster-reset.log | tail -n 1)" >&2
  exit 3
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
