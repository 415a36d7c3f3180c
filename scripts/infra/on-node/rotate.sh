#!/usr/bin/env bash
# On the control plane, as root: goes over to the tokens that are in SSM. May be repeated, also after an interruption.
#
# K3s keeps its password file in etcd too, and does not start with one that is newer than etcd's. A start with another agent
# token writes the file, and only `k3s token rotate` brings it into etcd. So the agent's comes first, the server's after it.
set -euo pipefail
# shellcheck source=/dev/null
. /etc/k3s-node.env
etc=/etc/rancher/k3s begun=/var/lib/k3s-node/rotating server=/var/lib/rancher/k3s/server
new=$(/usr/local/lib/k3s-node/aws.py get "$SERVER_TOKEN")
agent=$(/usr/local/lib/k3s-node/aws.py get "$AGENT_TOKEN")
if [ -z "$new" ] || [ -z "$agent" ]; then echo "a token in SSM is empty" >&2; exit 1; fi
old=$(sed 's/.*:server://' "$server/token")
umask 077
# A server that joined others has its token in the secure form, with the CA before it.
form=$(sed -n 's/^\(K10[0-9a-f]*::server:\).*/\1/p' "$etc/server-token")
put() { # FILE VALUE WHAT: says WHAT if the file differed
  [ "$(cat "$1")" != "$2" ] || return 0
  printf '%s\n' "$2" > "$1"
  echo "$3"
}
# A rotation that was cut off may have left a password file that the next start refuses; without one K3s takes etcd's.
if [ -e "$begun" ] || ! systemctl -q is-active k3s; then
  systemctl stop k3s
  rm -f "$server/cred/passwd"
fi
touch "$begun"
[ "$old" != "$new" ] || put "$etc/server-token" "$form$new" "server token: the rest of a rotation"
put "$etc/agent-token" "$agent" "agent token rotated"
/usr/local/sbin/k3s-node apply > /dev/null
if [ "$old" != "$new" ]; then
  k3s token rotate --token "$old" --new-token "$new" > /dev/null
  put "$etc/server-token" "$form$new" "server token rotated"
  /usr/local/sbin/k3s-node apply > /dev/null
fi
rm -f "$begun"
