#!/usr/bin/env bash
# On a server beside the one that rotate.sh has run on, as root: goes over to the tokens that are in SSM and in etcd now. Its own
# password file is of before; without one K3s takes etcd's.
set -euo pipefail
# shellcheck source=/dev/null
. /etc/k3s-node.env
etc=/etc/rancher/k3s server=/var/lib/rancher/k3s/server
new=$(/usr/local/lib/k3s-node/aws.py get "$SERVER_TOKEN")
agent=$(/usr/local/lib/k3s-node/aws.py get "$AGENT_TOKEN")
if [ -z "$new" ] || [ -z "$agent" ]; then echo "a token in SSM is empty" >&2; exit 1; fi
form=$(sed -n 's/^\(K10[0-9a-f]*::server:\).*/\1/p' "$etc/server-token")
umask 077
if [ "$(cat "$etc/server-token")" != "$form$new" ] || [ "$(cat "$etc/agent-token")" != "$agent" ] || ! systemctl -q is-active k3s; then
  systemctl stop k3s
  rm -f "$server/cred/passwd"
  printf '%s\n' "$form$new" > "$etc/server-token"
  printf '%s\n' "$agent" > "$etc/agent-token"
  echo "has both tokens"
fi
/usr/local/sbin/k3s-node apply > /dev/null
