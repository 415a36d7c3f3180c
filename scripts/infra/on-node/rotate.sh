#!/usr/bin/env bash
# On the control plane, as root: goes over to the tokens that are in SSM. May be repeated, also after an interruption.
set -euo pipefail
# shellcheck source=/dev/null
. /etc/k3s-node.env
etc=/etc/rancher/k3s
new=$(/usr/local/lib/k3s-node/aws.py get "$SERVER_TOKEN")
agent=$(/usr/local/lib/k3s-node/aws.py get "$AGENT_TOKEN")
if [ -z "$new" ] || [ -z "$agent" ]; then echo "a token in SSM is empty" >&2; exit 1; fi
old=$(sed 's/.*:server://' /var/lib/rancher/k3s/server/token)
umask 077
if [ "$old" != "$new" ]; then
  k3s token rotate --token "$old" --new-token "$new" > /dev/null
  printf '%s\n' "$new" > "$etc/server-token"
  echo "server token rotated"
fi
[ "$(cat "$etc/agent-token")" = "$agent" ] || { printf '%s\n' "$agent" > "$etc/agent-token"; echo "agent token rotated"; }
/usr/local/sbin/k3s-node apply > /dev/null
