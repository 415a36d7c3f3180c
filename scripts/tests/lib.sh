# shellcheck shell=bash
# One result a line: ok, FAIL or SKIPPED, and at the end the sum. Source it; each part calls `finish_part` last.
# shellcheck disable=SC2034  # used by what sources it
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/gpu-analytics-tools
PATH=$cache/bin:$PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/test-infra.XXXXXX")
passed=0 failed=0 skipped=0
at_end=()
# shellcheck disable=SC2329  # called by the trap
cleanup() {
  local status=$? command
  for command in ${at_end[@]+"${at_end[@]}"}; do $command || true; done
  rm -rf "$work"
  exit $status
}
trap cleanup EXIT
trap 'exit 130' INT TERM
ok() { passed=$((passed + 1)); printf 'ok    %s\n' "$*"; }
bad() { failed=$((failed + 1)); printf 'FAIL  %s\n' "$*"; }
# What lacks a tool; with REQUIRE=yes, as on a machine that is there to have them all, that is a failure.
skip() {
  if [ "${REQUIRE:-}" = yes ]; then bad "$* (REQUIRE=yes)"; else skipped=$((skipped + 1)) && printf 'SKIPPED: %s\n' "$*"; fi
}
# check WHAT COMMAND...
check() {
  local what=$1
  shift
  if "$@" > "$work/out" 2>&1 < /dev/null; then ok "$what"; else bad "$what"; tail -n 40 "$work/out" | cut -c1-300 | sed 's/^/      /'; fi
}
# prints TEXT COMMAND...: must succeed and print the text. The output is read whole before it is searched: grep -q at the end of
# a pipe leaves at the first match, the command's next line kills it, and with pipefail what was found counts as not found.
prints() { local text=$1 output; shift; output=$("$@") && grep -qF -- "$text" <<< "$output"; }
# refused WHAT MESSAGE COMMAND...: must fail, the last line being the message (a regular expression)
refused() {
  local what=$1 pattern=$2 status=0
  shift 2
  "$@" > "$work/out" 2>&1 < /dev/null || status=$?
  if [ $status -eq 0 ]; then bad "$what: it succeeded"
  elif ! grep -qE -- "$pattern" <<< "$(tail -n 1 "$work/out")"; then bad "$what: no '$pattern' in the last line"; tail -n 20 "$work/out" | cut -c1-300 | sed 's/^/      /'
  else ok "$what: $(tail -n 1 "$work/out")"; fi
}
# says WHAT PATTERN: the last check's output has a line that matches
says() { if grep -qE -- "$2" "$work/out"; then ok "$1"; else bad "$1: no '$2'"; tail -n 20 "$work/out" | cut -c1-300 | sed 's/^/      /'; fi; }
have() { command -v "$1" > /dev/null; }
finish_part() { echo "$passed $failed $skipped" >> "${RESULTS:-/dev/null}"; [ $failed = 0 ]; }

# A copy of terraform/ to run in, initialised; TF_DIR names it.
terraform_copy() {
  TF_DIR=$work/terraform
  mkdir -p "$TF_DIR"
  (cd "$root/terraform" && tar -cf - --exclude=.terraform --exclude='*.tfstate*' --exclude=terraform.tfvars .) | tar -xf - -C "$TF_DIR"
  terraform -chdir="$TF_DIR" init -input=false -no-color > "$work/init.log" 2>&1
  export TF_DIR
}
# What scripts/infra/tf writes beside the configuration, for terraform itself, which takes away at its end what a test has made.
may_destroy() {
  bash -c '. "$1" && let_go "$2"' - "$root/scripts/lib/may-destroy.sh" "$TF_DIR"
}
# An emulated account of our own: exports what points terraform and the AWS command line at it. False where there is none.
# It is started by the folder that AWS_HARNESS names (default ../shared/aws), or here, where there is none, as in a fork.
# The images are Canonical's, and others that must not be chosen; instance types are AWS's. A call that is repeated is answered as the first
# time (scripts/tests/emulator).
emulator() {
  aws_harness=${AWS_HARNESS:-$root/../shared/aws}
  have moto_server && have terraform || return 1
  unset AWS_PROFILE AWS_SESSION_TOKEN TF_CLI_ARGS TF_CLI_CONFIG_FILE AWS_ENDPOINT_URL TF_VAR_my_ip_cidr
  MOTO_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export MOTO_PORT MOTO_AMIS_PATH=$root/terraform/tests/amis.json MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION=1
  if [ -x "$aws_harness/up" ]; then
    eval "$(PYTHONPATH=$root/scripts/tests/emulator "$aws_harness/up")" || return 1
    # shellcheck disable=SC2329  # called at the end
    emulator_down() { "$aws_harness/down"; }
  else
    PYTHONPATH=$root/scripts/tests/emulator moto_server -H 127.0.0.1 -p "$MOTO_PORT" > "$work/moto.log" 2>&1 < /dev/null &
    moto=$!
    # shellcheck disable=SC2329  # called at the end
    emulator_down() { kill "$moto"; }
    for _ in {1..100}; do
      ! curl -fsS -o /dev/null "http://127.0.0.1:$MOTO_PORT/moto-api/" 2> /dev/null || break
      sleep 0.2
    done
    export AWS_ENDPOINT_URL=http://127.0.0.1:$MOTO_PORT AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true \
      AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
  fi
  at_end+=(emulator_down)
}
no_emulator="there is no AWS emulator (moto_server, terraform)"

# stand_in_aws: a command line before the emulator's with what that does not have: quotas, the account's plan, refusals, dry runs that
# make nothing (DENIED, QUOTA and PLAN decide), and sessions (REFUSED=yes refuses them): a process with a child that answers as the API
# does. What is asked is in $work/asked, the session's processes are in $work/session and $work/plugin.
stand_in_aws() {
  mkdir -p "$work/bin"
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$work/cert" -days 1 -subj /CN=127.0.0.1 2> /dev/null
  cat > "$work/api.py" << 'PY'
import http.server, ssl, sys
class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"pong")
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Api)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[3], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
PY
  cat > "$work/bin/aws" << STUB
#!/usr/bin/env bash
case "\$*" in
  *get-service-quota*) echo "{\"Quota\": {\"Value\": \${QUOTA:-64}}}"; exit ;;
  # Of this service there is one endpoint in the world.
  *get-account-plan-state*) [[ \$* == *"--region us-east-1 "* ]] || exit 255; echo "{\"accountPlanType\": \"\${PLAN:-PAID}\"}"; exit ;;
  *free-tier-eligible*) echo '{"InstanceTypes": [{"InstanceType": "t3.micro"}, {"InstanceType": "c7i-flex.large"}, {"InstanceType": "m7i-flex.large"}]}'; exit ;;
  *send-ssh-public-key*) exit ;;
  *start-session*)
    [ -z "\${REFUSED:-}" ] || { echo "An error occurred (TargetNotConnected): i-1 is not connected." >&2; exit 254; }
    echo \$\$ > "$work/session"
    python3 "$work/api.py" "\$(sed -n 's/.*localPortNumber=\([0-9]*\).*/\1/p' <<< "\$*")" "$work/key" "$work/cert" &
    echo \$! > "$work/plugin"
    wait
    exit ;;
esac
if [[ \$* == *simulate-principal-policy* ]]; then
  [ -z "\${SIMULATES_NOT:-}" ] || { echo "An error occurred (AccessDenied) when calling the SimulatePrincipalPolicy operation: no" >&2; exit 254; }
  echo "\$*" >> "$work/simulated"
  for word; do
    [[ \$word != *:* || \$word == arn:* || \$word == *=* ]] || printf '{"EvalActionName": "%s", "EvalDecision": "%s", "MissingContextValues": %s}\n' "\$word" \
      "\$([[ " \${FORBIDDEN:-} \${CONDITIONAL:-} " == *" \$word "* ]] && echo implicitDeny || echo allowed)" "\$([[ " \${CONDITIONAL:-} " == *" \$word "* ]] && echo '["aws:RequestTag/x"]' || echo '[]')"
  done | jq -s '{EvaluationResults: .}'
  exit
fi
[ -z "\${IMAGE_NAME:-}" ] || case "\$*" in *describe-images*) echo "{\"Images\": [{\"ImageId\": \"ami-0c0ffee0000000001\", \"CreationDate\": \"2026-09-01\", \"Name\": \"\$IMAGE_NAME\"}]}"; exit ;; esac
[ -z "\${DENIED:-}" ] || case "\$*" in *"\$DENIED"*) echo "An error occurred (UnauthorizedOperation): You are not authorized to perform this operation." >&2; exit 254 ;; esac
case "\$*" in *create-vpc*--dry-run*) # the emulator makes one
  echo "An error occurred (DryRunOperation) when calling the CreateVpc operation: Request would have succeeded, but DryRun flag is set." >&2; exit 254 ;;
esac
echo "\$*" >> "$work/asked"
# Where no emulator answers, nothing does: a test asks no account that this machine may have.
[ -n "\${AWS_ENDPOINT_URL:-}" ] || exit 0
exec $(command -v aws) "\$@"
STUB
  printf '#!/bin/sh\n' > "$work/bin/session-manager-plugin"
  chmod +x "$work"/bin/*
}

# image_tar FILE NAME ARCHITECTURE: an image without a layer, as docker save writes it. architecture is this machine's.
case "$(uname -m)" in x86_64) architecture=amd64 ;; *) architecture=arm64 ;; esac
image_tar() {
  local dir=$work/image
  rm -rf "$dir" && mkdir -p "$dir"
  printf '{"architecture": "%s", "os": "linux"}' "$3" > "$dir/config.json"
  printf '[{"Config": "config.json", "RepoTags": ["%s"], "Layers": []}]' "$2" > "$dir/manifest.json"
  tar -C "$dir" -cf "$1" config.json manifest.json
}

# stand_in_nodes NAME...: machines that the scripts reach: folders of this machine ($work/nodes) with the K3s
# of the tests. The connection is a socket; a command on it runs here, its paths led to the node's folder. What is asked of AWS is in $work/asked.
stand_in_nodes() {
  local node command
  nodes=$work/nodes
  mkdir -p "$work/bin" "$work/tf"
  for node; do
    mkdir -p "$nodes/$node"/{usr/local/bin,var/lib/k3s-node,tmp}
    cp "$root/scripts/tests/on-node/k3s" "$nodes/$node/usr/local/bin/"
  done
  printf '%s\n' "$@" | jq -Rn '{name: {value: "gpu-analytics"}, region: {value: "us-east-1"}, access: {value: "ssm"},
    parameters: {value: {ca_hash: "/gpu-analytics/k3s/ca-hash"}},
    nodes: {value: [[inputs] | to_entries[] | {name: .value, role: (if .value | startswith("control-plane") then "control-plane" else "worker" end),
      instance_id: "i-0000000000000000\(.key + 1)", private_ip: "10.40.0.1\(.key)", user_data: ""}]}}' > "$work/outputs.json"
  printf '#!/bin/sh\ncat %s\n' "$work/outputs.json" > "$work/bin/terraform"
  printf '#!/bin/sh\nexec "$@"\n' > "$work/bin/sudo"
  cat > "$work/bin/ssh" << SSH
#!/usr/bin/env bash
for ((i = 1; i <= \$#; i++)); do
  case "\${!i}" in
    -S) j=\$((i + 1)); exec python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "\${!j}" ;;
    ControlPath=*) socket=\${!i#*=} ;;
    -O) exit ;;
  esac
done
node=\$(basename "\$socket" .sock)
led() { sed -E "s,(^|[^A-Za-z0-9_.-])/(etc|var/lib|usr/local)/,\1$nodes/\$node/\2/,g"; }
command=\$(led <<< "\${!#}")
[[ \$command != *"bash -s"* ]] || { led > "$work/script"; exec < "$work/script"; }
export FAKE_ROOT=$nodes/\$node PATH=$nodes/\$node/usr/local/bin:\$PATH
# As sshd does, it ends when nobody has the command's output any more, not when the command does.
set -o pipefail
{ bash -c "\$command" 2>&1 >&3 3>&- | cat >&2 3>&-; } 3>&1 | cat
SSH
  printf '#!/bin/sh\n' > "$work/bin/ssh-keygen"
  stand_in_aws
  chmod +x "$work"/bin/*
  export PATH=$work/bin:$PATH KUBE_DIR=$work/kube TF_DIR=$work/tf
}
