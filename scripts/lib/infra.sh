# shellcheck shell=bash
# What the infrastructure targets share: terraform's outputs, the nodes, a shell on them. Source it after `set -euo pipefail`.
# shellcheck disable=SC2034  # used by what sources it
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
prog=${0##*/}
TF_DIR=${TF_DIR:-$root/terraform}
KUBE_DIR=${KUBE_DIR:-$root/.kube}
kubeconfig=$KUBE_DIR/kubeconfig.yaml
on_node=$root/scripts/infra/on-node
connect_timeout_s=${CONNECT_TIMEOUT_S:-300}
node_timeout_s=${NODE_TIMEOUT_S:-3600}
scratch=
outputs_json=

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "$prog" "$*" >&2; exit 1; }
need() {
  local tool
  for tool; do command -v "$tool" > /dev/null || fail "$tool is not installed; docs/infrastructure.md says what is needed"; done
}
# confirm WHAT: goes on with CONFIRM=yes or a typed yes, and only then.
confirm() {
  local answer=
  [ "${CONFIRM:-}" != yes ] || return 0
  [ -t 0 ] || fail "$1: wants CONFIRM=yes"
  read -r -p "$1: type yes to go on: " answer
  [ "$answer" = yes ] || fail "not done"
}
retry_for() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 3
  done
}
# A folder for sockets and the like, removed at the end together with the connections in it.
# To be called before the first connection where that is made inside $(...): no EXIT trap of bash runs for one set there.
scratch() {
  [ -z "$scratch" ] || return 0
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/k3s.XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT TERM
}
# shellcheck disable=SC2329  # called by the trap
clean_up() { # [STATUS]: of a trap that did something else first
  local status=${1:-$?} socket
  for socket in "$scratch"/*.sock; do
    [ ! -S "$socket" ] || ssh -o ControlPath="$socket" -O exit node 2> /dev/null || true
  done
  rm -rf "$scratch"
  exit "$status"
}

# ---- terraform's variables ----------------------------------------------------------------------------------------------

# terraform_value EXPRESSION: of the variables and the cost module alone, in a folder of their own, so that neither a provider nor
# an initialised folder is needed. VARS=FILE as for make tf-plan. False with the reason on standard error.
terraform_value() {
  local dir=$scratch/tf arguments=() answer file
  if [ ! -d "$dir" ]; then
    mkdir -p "$dir/modules"
    cp "$TF_DIR"/variables.tf "$TF_DIR"/cost.tf "$TF_DIR"/k3s-releases.json "$dir/"
    for file in "$TF_DIR"/terraform.tfvars "$TF_DIR"/*.auto.tfvars; do [ ! -f "$file" ] || cp "$file" "$dir/"; done
    cp -r "$TF_DIR/modules/cost" "$dir/modules/"
    # Whose volumes the estimate has.
    printf 'module "cost" {\n  overlay = %s\n}\n' "$(jq -n --arg o "${OVERLAY:-single}" '$o')" > "$dir/cost_override.tf"
    terraform -chdir="$dir" init -input=false > "$dir/log" 2>&1 || { grep -m 1 Error "$dir/log" >&2; return 1; }
  fi
  [ -z "${VARS:-}" ] || arguments+=("-var-file=$(cd "$(dirname "$VARS")" && pwd)/$(basename "$VARS")")
  # Nothing that is asked here depends on it.
  has_address || arguments+=(-var my_ip_cidr=192.0.2.1/32)
  answer=$(printf 'jsonencode(%s)\n' "${1//$'\n'/ }" | terraform -chdir="$dir" console ${arguments[@]+"${arguments[@]}"} 2> "$dir/log") || true
  jq -e fromjson <<< "$answer" 2> /dev/null && return
  sed -e 's/\x1b\[[0-9;]*m//g' -e 's/^│ \{0,1\}//' "$dir/log" | grep -v -e '^[╷╵]' -e '^$' | awk '/^Error/ { seen = 1 } seen' | grep -m 1 -v -e '^Error' -e '^ ' >&2 || printf '%s\n' "$answer" >&2
  return 1
}
# The estimate of the cost module. A type that prices.json has no price of is asked of AWS's price list, where there are credentials.
estimate() {
  local answer region type price book=$scratch/tf/modules/cost/prices.json
  answer=$(terraform_value module.cost.estimate) || return 1
  region=$(jq -r .region <<< "$answer")
  for type in $(jq -r 'if .region as $r | .regions | index($r) then .unpriced_types[] else empty end' <<< "$answer"); do
    price=$(list_price "$region" "$type") || continue
    jq --arg r "$region" --arg t "$type" --argjson p "$price" '.regions[$r].instance_hour_usd[$t] = $p' "$book" > "$book.new" && mv "$book.new" "$book"
    answer=$(terraform_value module.cost.estimate) || return 1
  done
  printf '%s\n' "$answer"
}
# list_price REGION TYPE: USD an hour on demand, Linux, shared. False where AWS is not asked or does not say. The list is in few regions.
list_price() {
  local field filters=()
  command -v aws > /dev/null || return 1
  for field in "instanceType $2" "regionCode $1" "operatingSystem Linux" "preInstalledSw NA" "tenancy Shared" "capacitystatus Used" "marketoption OnDemand"; do
    filters+=("Type=TERM_MATCH,Field=${field% *},Value=${field#* }")
  done
  aws pricing get-products --region us-east-1 --service-code AmazonEC2 --filters "${filters[@]}" --output json \
    --cli-connect-timeout 5 --cli-read-timeout 20 2> /dev/null |
    jq -e '[.PriceList[] | fromjson | .terms.OnDemand[].priceDimensions[].pricePerUnit.USD | tonumber | select(. > 0)] | min // empty' 2> /dev/null
}
has_address() { [ -n "${TF_VAR_my_ip_cidr:-}" ] || grep -qs '^ *my_ip_cidr *=' "$TF_DIR"/terraform.tfvars "$TF_DIR"/*.auto.tfvars ${VARS:+"$VARS"}; }
need_vars() { [ -z "${VARS:-}" ] || [ -f "$VARS" ] || fail "VARS = \"$VARS\": there is no such file"; }

# ---- images -------------------------------------------------------------------------------------------------------------

# published REPOSITORY TAG: whether GHCR gives the image to anybody, as it must to nodes without a password; with GHCR_TOKEN, to it.
published() {
  local base=${GHCR_URL:-https://ghcr.io} token user=
  # Not on a command line, which every user of this machine can read.
  [ -z "${GHCR_TOKEN:-}" ] || user="user = \"${GHCR_USER:-${1%%/*}}:$GHCR_TOKEN\""
  token=$(curl -sSf --max-time 20 -K - <<< "$user" "$base/token?service=ghcr.io&scope=repository:$1:pull" 2> /dev/null | jq -r '.token // empty') || return 1
  curl -sSf --max-time 20 -o /dev/null -H "Authorization: Bearer $token" \
    -H 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json' \
    "$base/v2/$1/manifests/$2" 2> /dev/null
}
# images_from OWNER TAG: where make cloud takes the images from: registry (GHCR, for everybody, or with GHCR_TOKEN's pull secret), ecr
# (the account's own, by the nodes' role, which this checkout fills), here (this checkout's, put on each node). IMAGES_FROM decides.
# Only an OWNER that was named is asked for images: who else has taken the default's name is not known.
images_from() {
  local from=${IMAGES_FROM:-} wants
  if [ -z "$from" ]; then
    if [ -n "$1" ] && published "$1/gpu-analytics-processor" "$2" && published "$1/gpu-analytics-producers" "$2"; then from=registry
    elif wants=$(terraform_value 'tostring(var.ecr)' 2> /dev/null) && [ "$wants" = '"true"' ]; then from=ecr
    else from=here; fi
  fi
  [[ $from == registry || $from == ecr || $from == here ]] || { echo "IMAGES_FROM = \"$from\": expected registry, ecr or here" >&2; return 1; }
  [ "$from" != registry ] || [ -n "$1" ] || { echo "IMAGES_FROM = \"registry\": expected OWNER= beside it, whose published images are meant" >&2; return 1; }
  echo "$from"
}

# ---- terraform's outputs ------------------------------------------------------------------------------------------------

load_outputs() {
  local error
  [ -z "$outputs_json" ] || return 0
  need terraform jq
  if ! outputs_json=$(terraform -chdir="$TF_DIR" output -no-color -json 2> "${TMPDIR:-/tmp}/k3s-outputs.$$"); then
    error=$(grep -m 1 -o 'Error: .*' "${TMPDIR:-/tmp}/k3s-outputs.$$" || head -n 1 "${TMPDIR:-/tmp}/k3s-outputs.$$")
    rm -f "${TMPDIR:-/tmp}/k3s-outputs.$$"
    case "$error" in
      *"Backend initialization"* | *"nitialization required"*) fail "terraform is not initialised here: run make tf-init first" ;;
      *) fail "terraform output: $error" ;;
    esac
  fi
  rm -f "${TMPDIR:-/tmp}/k3s-outputs.$$"
  jq -e '.nodes.value | length > 0' <<< "$outputs_json" > /dev/null 2>&1 ||
    fail "terraform's state has no cluster: run make tf-apply first"
}
output() { load_outputs; jq -r --arg n "$1" '.[$n].value' <<< "$outputs_json"; }
nodes() { load_outputs; jq -r '.nodes.value[].name' <<< "$outputs_json"; }
servers() { load_outputs; jq -r '.nodes.value[] | select(.role == "control-plane") | .name' <<< "$outputs_json"; }
other_servers() { servers | sed '/^control-plane$/d'; }
workers() { load_outputs; jq -r '.nodes.value[] | select(.role == "worker") | .name' <<< "$outputs_json"; }
node() { # NAME FIELD
  jq -re --arg n "$1" --arg f "$2" '.nodes.value[] | select(.name == $n) | .[$f]' <<< "$outputs_json" ||
    fail "there is no node $1; expected one of: $(nodes | xargs)"
}
# The node's name in Kubernetes: eight characters of the instance id make a replaced machine another node.
kubernetes_name() { local id; id=$(node "$1" instance_id); printf '%s-%s\n' "$1" "${id: -8}"; }

aws_ready() { aws_ready_in "$(output region)"; }
aws_ready_in() { # REGION
  local error
  need aws
  error=$(aws sts get-caller-identity --region "$1" 2>&1 > /dev/null) ||
    fail "AWS does not take the credentials: $(grep -v '^$' <<< "$error" | tail -n 1)"
}

# ---- a shell on a node --------------------------------------------------------------------------------------------------

access() { printf '%s\n' "${ACCESS:-$(output access)}"; }
# Options that lead to a node, one a line; the host comes last.
way_to() {
  local id
  id=$(node "$1" instance_id)
  printf '%s\n' -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 -o LogLevel=ERROR \
    -o HostKeyAlias="$id" -o UserKnownHostsFile="$KUBE_DIR/known_hosts" -o StrictHostKeyChecking=accept-new -l ubuntu
  [ -z "${SSH_KEY:-}" ] || printf '%s\n' -i "$SSH_KEY"
  if [ -n "${SSH_CONFIG:-}" ]; then
    printf '%s\n' -F "$SSH_CONFIG" "$(node "$1" private_ip)"
    return 0
  fi
  case "$(access)" in
    ssm)
      printf '%s\n' -i "$scratch/key" -o IdentitiesOnly=yes \
        -o ProxyCommand="aws ssm start-session --region $(output region) --target $id --document-name AWS-StartSSHSession --parameters portNumber=22" "$id" ;;
    ssh)
      if [ "$1" = control-plane ]; then
        output control_plane_public_ip
      else # by way of the control plane
        connect control-plane
        printf '%s\n' -o ProxyCommand="ssh -o ControlPath=$scratch/control-plane.sock -W %h:%p node" "$(node "$1" private_ip)"
      fi ;;
    *) fail "ACCESS = \"$(access)\": expected ssm or ssh" ;;
  esac
}
# A key that lives as long as this command, let in for a minute by EC2 Instance Connect.
send_key() {
  [ -f "$scratch/key" ] || ssh-keygen -q -t ed25519 -N '' -C make -f "$scratch/key"
  aws ec2-instance-connect send-ssh-public-key --region "$(output region)" --instance-id "$(node "$1" instance_id)" \
    --instance-os-user ubuntu --ssh-public-key "file://$scratch/key.pub" > /dev/null
}
try_connect() {
  local way
  [ "$(access)" != ssm ] || [ -n "${SSH_CONFIG:-}" ] || send_key "$1" 2> "$scratch/error" || return 1
  way_to "$1" > "$scratch/$1.way"
  way=()
  while IFS= read -r word; do way+=("$word"); done < "$scratch/$1.way"
  ssh -M -S "$scratch/$1.sock" -f -N "${way[@]}" < /dev/null > /dev/null 2> "$scratch/error"
}
# connect NODE: one connection, which every later command on that node uses.
connect() {
  scratch
  [ -n "$outputs_json" ] || load_outputs
  [ ! -S "$scratch/$1.sock" ] || return 0
  need ssh ssh-keygen
  mkdir -p "$KUBE_DIR"
  node "$1" instance_id > /dev/null
  if [ "$(access)" = ssm ] && [ -z "${SSH_CONFIG:-}" ]; then aws_ready; fi
  retry_for "$connect_timeout_s" try_connect "$1" ||
    fail "no connection to $1 ($(node "$1" instance_id)) in $connect_timeout_s s: $(grep -v '^$' "$scratch/error" | tail -n 1); make status says why, and the same command goes on from here"
}
# remote NODE COMMAND: a shell command as ubuntu, standard input passed on.
remote() {
  connect "$1"
  ssh -o ControlPath="$scratch/$1.sock" -o BatchMode=yes -o LogLevel=ERROR node "$2"
}
# run_on NODE SCRIPT ARGUMENTS...: a script of scripts/infra/on-node, as root.
run_on() {
  local name=$1 script=$2 words=
  shift 2
  [ $# -eq 0 ] || words=$(printf ' %q' "$@")
  remote "$name" "sudo bash -s --$words" < "$on_node/$script"
}
# The first server that answers, where there are several. To be found before it is asked inside $(...), which finds it each time.
leader=
find_answering() { # false where none does
  local name
  for name in $(servers); do
    if (connect_timeout_s=30 && connect "$name" && remote "$name" "sudo k3s kubectl --request-timeout=20s get --raw /readyz") > /dev/null 2>&1; then
      leader=$name
      return 0
    fi
  done
  return 1
}
find_leader() {
  [ -z "$leader" ] || return 0
  if [ "$(servers)" = control-plane ] || ! find_answering; then leader=control-plane; fi
}
on_control_plane() { find_leader && remote "$leader" "sudo k3s kubectl $*"; }
# Takes nodes away whose machines are gone: only names of ours, of machines that are not in terraform's state, and that are not Ready.
remove_gone() {
  local name expected
  find_leader
  expected=$(for name in $(nodes); do kubernetes_name "$name"; done)
  for name in $(on_control_plane get nodes -o name | sed 's,^node/,,'); do
    if [[ $name =~ ^(control-plane(-[0-9]+)?|((gpu|spot)-)?worker-[0-9]+)-[0-9a-f]{8}$ ]] && ! grep -qx -- "$name" <<< "$expected" &&
      [ "$(on_control_plane get node "$name" -o "'jsonpath={.status.conditions[?(@.type==\"Ready\")].status}'")" != True ]; then
      on_control_plane delete node "$name" > /dev/null
      say "$name: its machine is gone; removed from the cluster"
    fi
  done
}

# ---- K3s ----------------------------------------------------------------------------------------------------------------

# "amd64 arm64", the checksums of a release.
checksums() {
  if [ -n "${SHA256_AMD64:-}${SHA256_ARM64:-}" ]; then
    printf '%s %s\n' "${SHA256_AMD64:--}" "${SHA256_ARM64:--}"
  else
    jq -re --arg v "$1" '.releases[$v] | "\(.amd64) \(.arm64)"' "$root/terraform/k3s-releases.json" 2> /dev/null ||
      fail "VERSION = \"$1\" is not in terraform/k3s-releases.json; expected one that is, or its checksums in SHA256_AMD64 and SHA256_ARM64"
  fi
}
# Waits for cloud-init to end, telling the step it is at, then brings the node to what terraform says.
settle() { # NODE
  local end=$((SECONDS + node_timeout_s)) answer shown=
  connect "$1"
  while true; do
    answer=$(remote "$1" 'cloud-init status 2> /dev/null | sed -n "s/^status: //p"; sudo cat /var/lib/k3s-node/status.json 2> /dev/null || true') || answer=
    case "${answer%%$'\n'*}" in
      running | "not started" | "not run" | "") ;;
      done) break ;;
      *)
        say "$1: cloud-init ended with ${answer%%$'\n'*}$(jq -r 'select(.state != "done") | ", step \(.step): \(.message)"' 2> /dev/null <<< "${answer#*$'\n'}" || true); repairing"
        break ;;
    esac
    answer=$(jq -r .step 2> /dev/null <<< "${answer#*$'\n'}" || true)
    [ "$answer" = "$shown" ] || say "$1: cloud-init is at ${answer:-its beginning}"
    shown=$answer
    [ $SECONDS -lt $end ] || fail "$1: cloud-init did not end in $node_timeout_s s; it is at ${shown:-its beginning}"
    sleep 5
  done
  run_on "$1" install.sh "$(node "$1" user_data | base64 | tr -d '\n')" | sed "s/^/$1: /"
}
wait_ready() { # SECONDS
  local name list=
  for name in $(nodes); do list="$list node/$(kubernetes_name "$name")"; done
  on_control_plane "wait --for=condition=Ready$list --timeout=${1}s" > /dev/null || fail "not every node is Ready after $1 s: make status says which"
}
