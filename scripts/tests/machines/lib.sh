# shellcheck shell=bash disable=SC2034
# What the machine tests share: an emulated account, a mirror of K3s, machines from rendered user-data. Source it.
# $dir is the folder of everything this run makes; it is removed when the test passes. With MACHINES_KEEP=yes a failed test
# leaves everything up, to be looked at.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
here=$root/scripts/tests/machines
vm=${VM_HARNESS:-$root/../shared/vm}
tools=${XDG_CACHE_HOME:-$HOME/.cache}/gpu-analytics-tools/bin
PATH=$tools:$PATH
unset AWS_PROFILE AWS_SESSION_TOKEN TF_CLI_ARGS TF_CLI_CONFIG_FILE
version=v1.33.7+k3s1
dir=$(mktemp -d "${TMPDIR:-/tmp}/machines.XXXXXX")
network=machines-$$
# Emulated machines on a busy host take many times longer than alone; a limit says only that something hangs.
limit_s=${MACHINES_LIMIT_S:-2400}
pids=() passed=0
tied=(setpriv --pdeathsig TERM)
[ -z "${MACHINES_KEEP:-}" ] || tied=()

step() { printf -- '-- [%4d s] %s\n' "$SECONDS" "$*"; }
ok() { passed=$((passed + 1)); printf 'ok   [%4d s] %s\n' "$SECONDS" "$*"; }
die() { printf 'FAIL [%4d s] %s\n' "$SECONDS" "$*" >&2; exit 1; }
# check WHAT COMMAND...: the command must succeed
check() {
  local what=$1
  shift
  "$@" > "$dir/check.out" 2>&1 || { tail -n 20 "$dir/check.out" >&2; die "$what"; }
  ok "$what"
}
# refused WHAT PATTERN COMMAND...: the command must fail and say PATTERN
refused() {
  local what=$1 pattern=$2
  shift 2
  if "$@" < /dev/null > "$dir/check.out" 2>&1; then die "$what: it succeeded"; fi
  grep -q -- "$pattern" "$dir/check.out" || { tail -n 20 "$dir/check.out" >&2; die "$what: no word of '$pattern'"; }
  ok "$what"
}
# prints TEXT COMMAND...: whether the command succeeds and prints the text
prints() { local text=$1 output; shift; output=$("$@") && grep -qF -- "$text" <<< "$output"; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
wait_for() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 1
  done
}

# shellcheck disable=SC2329  # called by the trap
finish() {
  local status=$?
  trap - EXIT INT TERM
  if [ $status -ne 0 ] && [ -n "${MACHINES_KEEP:-}" ]; then
    printf '%s: failed; machines, mirror and emulator are still up (%s)\n' "${0##*/}" "$dir" >&2
    exit $status
  fi
  for machine in "$dir"/*/pid; do
    [ ! -f "$machine" ] || "$vm/stop" "${machine%/pid}" > /dev/null 2>&1 || true
  done
  [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2> /dev/null || true
  if [ $status -eq 0 ]; then
    rm -rf "$dir"
    printf '%s: %d passed, 0 failed\n' "${0##*/}" "$passed"
  else
    printf '%s: failed; logs are in %s\n' "${0##*/}" "$dir" >&2
  fi
  exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

# An account whose SSM holds the tokens.
start_aws() {
  moto_port=$(free_port)
  "${tied[@]}" "$(command -v moto_server)" -H 127.0.0.1 -p "$moto_port" > "$dir/moto.log" 2>&1 &
  pids+=($!)
  export AWS_ENDPOINT_URL=http://127.0.0.1:$moto_port AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \
    AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true
  wait_for 60 curl -sf "$AWS_ENDPOINT_URL/moto-api/" || die "the AWS emulator does not answer"
  put_parameter server-token server-token-1 SecureString
  put_parameter agent-token agent-token-1 SecureString
  put_parameter ca-hash pending String
}
put_parameter() { aws ssm put-parameter --name "/machines/k3s/$1" --value "$2" --type "$3" --overwrite > /dev/null; }
get_parameter() { aws ssm get-parameter --name "/machines/k3s/$1" --with-decryption --query Parameter.Value --output text; }

# etcd among the servers: each finds it by its environment.
start_etcd() {
  etcd_port=$(free_port)
  "${tied[@]}" "$here/etcd" "$etcd_port" > "$dir/etcd.log" 2>&1 &
  pids+=($!)
  wait_for 60 curl -sf "http://127.0.0.1:$etcd_port/" || die "etcd's stand-in does not answer"
}
etcd_says() { curl -sf "http://127.0.0.1:$etcd_port/" | jq -e "$1"; } # FILTER, over a list of clusters, the newest last

mirror_http=$(free_port)
mirror_https=$(free_port)
# What it serves as K3s is the harness' stand-in and what k3s.py adds to it.
mirror_folder() {
  mkdir -p "$dir/harness/standin"
  cp "$vm/mirror" "$dir/harness/"
  ln -sf "$(cd "$vm" && pwd)/image" "$dir/harness/image"
  cp "$vm/standin/install.sh" "$dir/harness/standin/"
  { sed '/^if __name__ == /,$d' "$vm/standin/k3s"; cat "$here/k3s.py"; } > "$dir/harness/standin/k3s"
}
start_mirror() { # ARGUMENTS...
  rm -f "$dir/mirror.json"
  [ -d "$dir/harness" ] || mirror_folder
  "${tied[@]}" "$dir/harness/mirror" --port "$mirror_http" --tls github.com,nvidia.github.io --tls-port "$mirror_https" \
    --ready-file "$dir/mirror.json" --log "$dir/mirror.log" "$@" 2> "$dir/mirror.err" &
  mirror_pid=$!
  pids+=("$mirror_pid")
  wait_for 60 test -s "$dir/mirror.json" || { cat "$dir/mirror.err" >&2; die "the mirror does not answer"; }
}
stop_mirror() { kill "$mirror_pid"; wait "$mirror_pid" 2> /dev/null || true; }
sum_of() { curl -sf "http://127.0.0.1:$mirror_http/k3s-io/k3s/releases/download/${1/+/%2B}/sha256sum-amd64.txt" | awk '$2 == "k3s" { print $1 }'; }

# Renders into $dir/tf, a copy beside a copy of the module; arguments go to terraform.
render() {
  if [ ! -d "$dir/tf" ]; then
    mkdir -p "$dir/src/scripts/tests/machines" "$dir/src/terraform/modules"
    cp -r "$here/render" "$dir/src/scripts/tests/machines/"
    cp -r "$root/terraform/modules/user-data" "$dir/src/terraform/modules/"
    ln -s "$dir/src/scripts/tests/machines/render" "$dir/tf"
    terraform -chdir="$dir/tf" init -input=false > "$dir/tf.log" 2>&1 || { cat "$dir/tf.log" >&2; die "terraform init"; }
  fi
  terraform -chdir="$dir/tf" apply -auto-approve -input=false -no-color "$@" > "$dir/tf.log" 2>&1 || { cat "$dir/tf.log" >&2; die "terraform apply"; }
  local all name
  all=$(terraform -chdir="$dir/tf" output -json user_data)
  for name in $(jq -r 'keys[]' <<< "$all"); do jq -r --arg n "$name" '.[$n]' <<< "$all" > "$dir/$name.yaml"; done
}

# The user-data as rendered, behind a boothook that takes the aws command away, as on an Ubuntu AMI; a call of it is noted.
as_on_ubuntu() { # NAME
  python3 - "$dir/$1.yaml" "$dir/$1.mime" << 'PY'
import email.mime.multipart, email.mime.text, sys
hook = """#cloud-boothook
#!/bin/sh
[ ! -e /usr/bin/aws ] || mv /usr/bin/aws /usr/bin/aws.taken-away
printf '#!/bin/sh\\necho "$@" >> /var/log/aws-was-called\\nexit 127\\n' > /usr/bin/aws
chmod 755 /usr/bin/aws
"""
message = email.mime.multipart.MIMEMultipart()
for text, kind in ((hook, "cloud-boothook"), (open(sys.argv[1]).read(), "cloud-config")):
    message.attach(email.mime.text.MIMEText(text, kind, "us-ascii"))
open(sys.argv[2], "w").write(message.as_string())
PY
}

# boot NAME [ARGUMENTS...]: a machine from the rendered user-data, left up; returns run's exit status.
boot() {
  local name=$1 ip
  shift
  case "$name" in control-plane) ip=10.0.2.40 ;; worker-0) ip=10.0.2.41 ;; gpu-worker-0) ip=10.0.2.42 ;;
    control-plane-1) ip=10.0.2.43 ;; control-plane-2) ip=10.0.2.44 ;; esac
  as_on_ubuntu "$name"
  nice -n "${MACHINES_NICE:-10}" "$vm/run" --timeout "$limit_s" --name "$name" --network "$network" --ip "$ip" --detach --out "$dir/$name" --mem 1024 \
    --user-data "$dir/$name.mime" --alias "github.com,nvidia.github.io=$mirror_https" \
    --guest-env "AWS_ENDPOINT_URL=http://10.0.2.2:$moto_port" --guest-env "ETCD_STANDIN=http://10.0.2.2:$etcd_port" "$@" > "$dir/$name.out" 2>&1
}
# lost NAME: the machine is gone from one moment to the next; its logs stay, under another name.
lost() {
  local machine
  machine=$(cat "$dir/$1/pid")
  kill -KILL "$(pgrep -P "$machine")"
  wait_for 200 eval "! kill -0 $machine" || die "$1: the machine is not gone"
  rm "$dir/$1/pid"
  mv "$dir/$1" "$dir/lost-$1"
}
# k3s_restarts NAME...: K3s alone.
k3s_restarts() {
  local name
  for name; do on "$name" "timeout 300 systemctl restart $([[ $name == control-plane* ]] && echo k3s || echo k3s-agent)" || { echo "$name" >&2; return 1; }; done
}
# restarted NAME...: each machine restarts, all at once, and its K3s is up again after it. All but the kernel begins anew: an emulated one
# takes minutes where other work is, and hangs now and then.
restarted() {
  local name began=()
  for name; do began+=("$(on "$name" systemctl show -P UserspaceTimestampMonotonic)"); done
  for name; do on "$name" systemctl soft-reboot > /dev/null 2>&1 || true; done
  is_back() { on "$1" "[ \$(systemctl show -P UserspaceTimestampMonotonic) != $2 ] && { systemctl -q is-active k3s || systemctl -q is-active k3s-agent; }"; }
  for name; do
    wait_for "$limit_s" is_back "$name" "${began[0]}" || { echo "$name: not back" >&2; return 1; }
    began=("${began[@]:1}")
  done
}
on() { # NAME COMMAND...: as root, past the instance's own network
  "$vm/ssh" "$dir/$1" "${@:2}"
}
instance_id() { jq -r .instance_id "$dir/$1/machine.json"; }
status_of() { on "$1" cat /var/lib/k3s-node/status.json; }
is_at() { [ "$(status_of "$1" 2> /dev/null | jq -r "$2")" = "$3" ]; } # NAME .step|.state VALUE
is_up() { [ -s "$dir/$1/machine.json" ] && on "$1" true; }
