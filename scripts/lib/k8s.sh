# shellcheck shell=bash
# What the scripts for Kubernetes share. Sourced, not run.
#
# A script is a list of steps. Each prints one line with its time; a step that fails says what was found and what was
# expected, and the script ends with 1. Whatever a script has put up is in its list of clean-ups, which run at its end,
# also after Ctrl-C.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
me=${0##*/}
KUBECONFIG=${KUBECONFIG:-$root/.kube/kubeconfig.yaml}
export KUBECONFIG
OVERLAY=${OVERLAY:-single}
OWNER=${OWNER:-gpu-analytics}
IMAGE_TAG=${IMAGE_TAG:-dev}
COMPONENTS=${COMPONENTS:-}

work=$(mktemp -d)
cleanups=()
current_step=
current_begin=

now_ms() {
  local now=${EPOCHREALTIME/[.,]/}
  echo $((now / 1000))
}

# took BEGIN_MS: the time since then, such as "  3.2 s".
took() {
  local ms=$(($(now_ms) - $1))
  printf '%5d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# fail REASON...: ends the script; inside a step the line names the step.
fail() {
  if [ -n "$current_step" ]; then
    printf 'FAIL %s  %s: %s\n' "$(took "$current_begin")" "$current_step" "$*" >&2
  else
    echo "$me: $*" >&2
  fi
  current_step=
  exit 1
}

# on_exit COMMAND...: runs it at the end of the script; the last one given runs first.
on_exit() {
  local quoted
  printf -v quoted '%q ' "$@"
  cleanups+=("$quoted")
}

finish() {
  local status=$? i
  trap '' INT TERM
  trap - EXIT
  [ -z "$current_step" ] || [ $status = 0 ] ||
    printf 'FAIL %s  %s: ended with %d\n' "$(took "$current_begin")" "$current_step" "$status" >&2
  current_step=
  for ((i = ${#cleanups[@]} - 1; i >= 0; i--)); do
    eval "${cleanups[$i]}" || echo "$me: clean-up failed: ${cleanups[$i]}" >&2
  done
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# step TITLE COMMAND...: runs a function of the script; what it prints becomes the line's detail.
step() {
  current_step=$1
  current_begin=$(now_ms)
  shift
  "$@" >"$work/detail"
  printf 'ok   %s  %s%s\n' "$(took "$current_begin")" "$current_step" "$([ ! -s "$work/detail" ] || echo ": $(paste -sd' ' "$work/detail")")"
  current_step=
}

# eventually SECONDS WHAT COMMAND...: waits until the command succeeds; WHAT names what was waited for. The command may
# leave what it saw in the variable seen.
eventually() {
  local limit=$((SECONDS + $1)) seconds=$1 what=$2
  shift 2
  seen=
  until "$@"; do
    [ $SECONDS -lt $limit ] || fail "$what: not within $seconds s${seen:+; last seen: $seen}"
    sleep 1
  done
}

# --- tools and the cluster -----------------------------------------------------------------------------------------

need() {
  local tool
  for tool; do
    command -v "$tool" >/dev/null || fail "$tool is not installed; scripts/ci/install-k8s-tools brings what is needed here"
  done
}

tools_cache=${XDG_CACHE_HOME:-$HOME/.cache}/gpu-analytics-tools
PATH=$tools_cache/bin:$PATH:${XDG_CACHE_HOME:-$HOME/.cache}/cluster-harness/bin

# need_cluster: one clear line where the cluster cannot be used.
need_cluster() {
  local answer
  need kubectl jq curl
  [ -r "$KUBECONFIG" ] ||
    fail "KUBECONFIG: there is no file $KUBECONFIG; make bootstrap-k3s fetches it, make cluster makes a local one, or set KUBECONFIG"
  if ! answer=$(kubectl --request-timeout=10s get --raw /readyz 2>&1); then
    fail "the cluster of $KUBECONFIG at $(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}' 2>/dev/null || echo 'no server') does not answer: $(tail -1 <<<"$answer")"
  fi
}

# need_deployed: the application must be there.
need_deployed() {
  need_cluster
  kubectl -n app get deployment processor >/dev/null 2>&1 || fail "the application is not deployed on this cluster; make deploy"
}

# render OVERLAY: its manifests, with the optional COMPONENTS, and the images of OWNER and IMAGE_TAG, or of
# PROCESSOR_IMAGE and PRODUCERS_IMAGE, which may name a digest.
render() {
  local overlay=$1 dir=$work/render image component parts=() known
  known=$(cd "$root/k8s/overlays" && echo *)
  for component in $COMPONENTS; do
    [[ $component == monitoring || $component == keda ]] || fail "COMPONENTS has '$component'; expected monitoring, keda or both"
  done
  [ -e "$root/k8s/overlays/$overlay/kustomization.yaml" ] || fail "OVERLAY is '$overlay'; expected one of: $known"
  [[ $OWNER =~ ^[a-z0-9]+([._-][a-z0-9]+)*$ ]] || fail "OWNER is '$OWNER'; expected a lower-case name as GHCR takes it"
  mkdir -p "$dir"
  for image in processor producers; do
    local -n full=${image^^}_IMAGE
    parts+=("$image=${full:-ghcr.io/$OWNER/gpu-analytics-$image:$IMAGE_TAG}")
    unset -n full
  done
  # Kustomize takes bases by relative paths only.
  {
    echo "apiVersion: kustomize.config.k8s.io/v1beta1"
    echo "kind: Kustomization"
    echo "resources: [\"$(realpath --relative-to="$dir" "$root/k8s/overlays/$overlay")\"]"
    echo "components:"
    for component in $COMPONENTS; do
      echo "- $(realpath --relative-to="$dir" "$root/k8s/components/$component")"
    done
    echo "images:"
    for image in "${parts[@]}"; do
      echo "- name: gpu-analytics-${image%%=*}"
      image=${image#*=}
      if [[ $image == *@* ]]; then
        echo "  newName: ${image%@*}"
        echo "  digest: ${image#*@}"
      else
        echo "  newName: ${image%:*}"
        echo "  newTag: \"${image##*:}\""
      fi
    done
  } >"$dir/kustomization.yaml"
  kubectl kustomize "$dir"
}

# --- pods ------------------------------------------------------------------------------------------------------------

# ready_pod NAMESPACE NAME: a ready pod of the application NAME, the oldest one.
ready_pod() {
  kubectl -n "$1" get pods -l "app.kubernetes.io/name=$2" --sort-by=.metadata.creationTimestamp -o json |
    jq -r '[.items[] | select(.metadata.deletionTimestamp == null)
      | select(any(.status.conditions[]?; .type == "Ready" and .status == "True")) | .metadata.name][0] // empty'
}

# kafka_tool NAME ARGUMENT...: one of Kafka's command line tools, inside a ready node.
kafka_tool() {
  local tool=$1 pod
  shift
  pod=$(ready_pod platform kafka)
  [ -n "$pod" ] || { echo "no Kafka node is ready" >&2 && return 1; }
  kubectl -n platform exec "$pod" -c kafka -- env KAFKA_HEAP_OPTS=-Xmx128m LOG_DIR=/tmp KAFKA_GC_LOG_OPTS=-Xlog:disable \
    "/opt/kafka/bin/kafka-$tool.sh" --bootstrap-server kafka-bootstrap.platform.svc.cluster.local:9092 "$@"
}

# mongo_eval JAVASCRIPT: runs it as root on the replica set, db being gpu_analytics; prints what it prints.
mongo_eval() {
  local pod
  pod=$(ready_pod platform mongo)
  [ -n "$pod" ] || { echo "no MongoDB member is ready" >&2 && return 1; }
  kubectl -n platform exec -i "$pod" -c mongo -- env HOME=/tmp mongosh --nodb --quiet --eval '
    const admin = Mongo("mongodb://mongo.platform.svc.cluster.local:27017/?replicaSet=rs0").getDB("admin");
    admin.auth("root", require("fs").readFileSync("/etc/mongo-root/password", "utf8").trim());
    db = admin.getSiblingDB("gpu_analytics");
    '"$1"
}

# --- HTTP --------------------------------------------------------------------------------------------------------------

declare -A forward_pid forward_port

# forward NAME PORT: a way to the port of a ready pod of NAME in the namespace app, at $(url NAME).
forward() {
  local name=$1 port=$2 pod log=$work/forward-$1 limit=$((SECONDS + 15))
  unforward "$name"
  pod=$(ready_pod app "$name")
  [ -n "$pod" ] || return 1
  : >"$log"
  kubectl -n app port-forward "pod/$pod" ":$port" >"$log" 2>&1 &
  forward_pid[$name]=$!
  until [ -n "${forward_port[$name]:-}" ]; do
    forward_port[$name]=$(sed -n 's/^Forwarding from 127.0.0.1:\([0-9]*\) .*/\1/p' "$log")
    kill -0 "${forward_pid[$name]}" 2>/dev/null || return 1
    [ $SECONDS -lt $limit ] || return 1
    sleep 0.1
  done
}

unforward() {
  [ -z "${forward_pid[$1]:-}" ] || kill "${forward_pid[$1]}" 2>/dev/null || true
  unset "forward_pid[$1]" "forward_port[$1]"
}

unforward_all() {
  local name
  for name in "${!forward_pid[@]}"; do unforward "$name"; done
}
on_exit unforward_all

# http NAME PORT PATH: the body that a pod of NAME answers with a 2xx. A forward that has gone with its pod is made
# again, once. The answer's status is in http_status.
http() {
  local name=$1 port=$2 path=$3 attempt
  for attempt in 1 2; do
    if [ -z "${forward_port[$name]:-}" ] || [ $attempt = 2 ]; then
      forward "$name" "$port" || continue
    fi
    http_status=$(curl -sS --max-time 10 -o "$work/body" -w '%{http_code}' "http://127.0.0.1:${forward_port[$name]}$path" 2>"$work/curl") || {
      http_status=000
      continue
    }
    cat "$work/body"
    [[ $http_status == 2* ]]
    return
  done
  return 1
}

processor_get() {
  http processor 8080 "$1"
}

# metric NAME [LABELS] <TEXT: the sum of a metric's samples in Prometheus's text; empty where there is none.
metric() {
  awk -v name="$1" -v label="${2:-}" '
    /^#/ { next }
    { split($1, part, "{"); if (part[1] == name && (label == "" || index($0, label))) { sum += $NF; found = 1 } }
    END { if (found) printf "%.3f\n", sum }'
}

# --- waiting -----------------------------------------------------------------------------------------------------------

# trouble NAMESPACE: the first thing that will not become right by waiting, with the likely fix; nothing where all is well.
trouble() {
  kubectl -n "$1" get pods -o json | jq -r '
    [.items[] | . as $pod | (.status.initContainerStatuses // []) + (.status.containerStatuses // []) | .[]
      | .state.waiting as $w | select($w != null)
      | select($w.reason | IN("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError"))
      | if ($w.reason | test("Image")) then "pod \($pod.metadata.namespace)/\($pod.metadata.name): the image \(.image) cannot be had (\($w.reason)); make images and load them, or set OWNER and IMAGE_TAG to a published one"
        else "pod \($pod.metadata.namespace)/\($pod.metadata.name): \($w.message // $w.reason)" end][0] // empty'
}

# settled NAMESPACE: every workload has the replicas it wants, of its newest template, ready; every Job is complete.
# Leaves in seen what is not.
settled() {
  seen=$(kubectl -n "$1" get statefulsets,deployments,jobs -o json | jq -r '
    [.items[] | . as $o | (.kind | ascii_downcase) + "/" + .metadata.name as $name
      | if .kind == "Job" then
          (if any(.status.conditions[]?; .type == "Complete" and .status == "True") then empty
           elif any(.status.conditions[]?; .type == "Failed" and .status == "True") then "\($name) has failed"
           else "\($name) is not complete" end)
        elif (.status.observedGeneration // 0) < .metadata.generation then "\($name) is not yet seen"
        elif (.status.updatedReplicas // 0) < (.spec.replicas // 1) or (.status.replicas // 0) != (.status.updatedReplicas // 0) then "\($name) is being replaced"
        elif (.status.readyReplicas // 0) < (.spec.replicas // 1) then "\($name) has \(.status.readyReplicas // 0) of \(.spec.replicas // 1) ready"
        else empty end] | join(", ")')
  [ -z "$seen" ]
}

# await NAMESPACE SECONDS: waits until it is settled; ends at once for what waiting does not cure.
await() {
  local limit=$((SECONDS + $2)) found
  until settled "$1"; do
    found=$(trouble "$1")
    [ -z "$found" ] || fail "$found"
    [[ $seen != *"has failed"* ]] || fail "$seen; kubectl -n $1 logs job/NAME says why: $(job_reason "$1")"
    [ $SECONDS -lt $limit ] || fail "$seen after $2 s; make status says which layer: $(pending_reason "$1")"
    sleep 1
  done
}

# job_reason NAMESPACE: the last line of the pods of its failed jobs.
job_reason() {
  kubectl -n "$1" logs -l app.kubernetes.io/component=setup --tail=1 2>/dev/null | paste -sd' '
}

# pending_reason NAMESPACE: why its pods are not ready, in a few words.
pending_reason() {
  kubectl -n "$1" get pods -o json | jq -r '[.items[] | select(any(.status.conditions[]?; .type == "Ready" and .status != "True"))
    | .metadata.name + ": " + ([.status.conditions[] | select(.status == "False") | .message // .reason][0] // .status.phase)] | unique | join("; ")'
}
