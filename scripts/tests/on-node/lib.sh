# shellcheck shell=bash
# Machines for the tests of what runs on a node: folders of this one, with the K3s beside this file. The scripts are as they are, their
# paths led to the folder. Source it after ../lib.sh.
# shellcheck disable=SC2016,SC2154,SC2329  # the written scripts are not this shell's to expand; functions are called by the tests
files=$root/terraform/modules/user-data/files
ssm=$work/ssm

# machine NAME: a control plane without a K3s yet, in $work/NAME. $here is the machine that as_node and what builds on it run on.
machine() {
  here=$work/$1
  mkdir -p "$here"/{etc/rancher/k3s,usr/local/bin,usr/local/sbin,usr/local/lib/k3s-node,var/lib/k3s-node,run,on-node,bin} "$ssm"
  mkdir -p "$here/etc/systemd/system" "$here/var/lib/rancher/k3s/agent/etc/kubelet.conf.d"
  touch "$here/etc/systemd/system/k3s.service" "$here/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/50-node.conf"
  cp "$root/scripts/tests/on-node/k3s" "$here/usr/local/bin/k3s"
  printf '%s\n' ROLE=control-plane NODE_NAME=control-plane REGION=us-east-1 K3S_VERSION=v1.33.7+k3s1 SHA256_AMD64=x SHA256_ARM64=x \
    SERVER_TOKEN=server-token AGENT_TOKEN=agent-token CA_HASH=ca-hash TIMEOUT_S=20 > "$here/etc/k3s-node.env"
  led() { sed -e "s,\(^\|[^A-Za-z0-9_.-]\)/\(etc\|usr/local\|var/lib\|run\)/,\1$here/\2/,g" "$1" > "$2"; chmod 755 "$2"; }
  led "$files/k3s-node" "$here/usr/local/sbin/k3s-node"
  for script in "$root"/scripts/infra/on-node/*.sh; do led "$script" "$here/on-node/${script##*/}"; done
  # A parameter's versions are files; the highest is the present one.
  cat > "$here/usr/local/lib/k3s-node/aws.py" << 'AWS'
#!/usr/bin/env bash
set -euo pipefail
name=${2%%:*} version=
[[ $2 != *:* ]] || version=${2#*:}
case "$1" in
  metadata) case "$2" in
    instance-life-cycle) echo spot ;;
    spot/instance-action) [ -e "$FAKE_ROOT/notice" ] || exit 1; echo '{"action": "terminate", "time": "2025-01-01T00:02:00Z"}' ;;
    instance-id) echo i-0123456789abcdef0 ;; local-ipv4) echo 10.40.0.10 ;; *) echo us-east-1a ;; esac ;;
  get) cat "$SSM/$name.${version:-$(cat "$SSM/$name")}" ;;
  put)
    next=$(($(cat "$SSM/$name" 2> /dev/null || echo 0) + 1))
    cat > "$SSM/$name.$next"
    echo "$next" > "$SSM/$name" ;;
esac
AWS
  chmod 755 "$here/usr/local/lib/k3s-node/aws.py"
  cat > "$here/bin/systemctl" << 'SYSTEMCTL'
#!/usr/bin/env bash
for word; do
  case "$word" in
    is-active) exec k3s is-active ;;
    start) k3s start; exit 0 ;; # as --no-block: what becomes of it shows in the journal
    stop) [ ! -e "$FAKE_ROOT/stuck" ] || exit 1; exec k3s stop ;;
    poweroff) touch "$FAKE_ROOT/off"; exit 0 ;;
  esac
done
SYSTEMCTL
  printf '#!/bin/sh\ntail -n 3 "$FAKE_ROOT/journal" 2> /dev/null\n' > "$here/bin/journalctl"
  printf '#!/bin/sh\nexec /bin/sleep 0.01\n' > "$here/bin/sleep"
  for command in sysctl groupadd usermod; do printf '#!/bin/sh\n' > "$here/bin/$command"; done
  chmod 755 "$here"/bin/*
}
# as_node COMMAND...: with the machine's commands, in a process group of its own.
as_node() { env -i HOME="$work" SSM="$ssm" FAKE_ROOT="$here" FAKE_CLUSTER="${FAKE_CLUSTER:-}" FAKE_STOP_AFTER="${FAKE_STOP_AFTER:-}" PATH="$here/bin:$here/usr/local/bin:/usr/bin:/bin" setsid -w "$@"; }
put_parameter() { as_node "$here/usr/local/lib/k3s-node/aws.py" put "$1" <<< "$2"; }
get_parameter() { as_node "$here/usr/local/lib/k3s-node/aws.py" get "$1"; }
install() { as_node "$here/usr/local/sbin/k3s-node" install; }
on_node() { as_node bash "$here/on-node/$1" "${@:2}"; }
restart() { as_node k3s stop; : > "$here/journal"; as_node k3s start || { cat "$here/journal"; return 1; }; }
restarts_twice() { restart && restart; }
calls() { jq .calls "$here/k3s.json"; }
running_with() { grep -q "^$1,server," "$here/var/lib/rancher/k3s/server/cred/passwd" && grep -q "^$2,node," "$here/var/lib/rancher/k3s/server/cred/passwd"; }
