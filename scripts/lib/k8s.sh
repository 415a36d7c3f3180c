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
# Whose published images are meant; without it those of this checkout.
published_by=${OWNER:-}
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
  if ! answer=$(kubectl --request-timeout=20s get --raw /version 2>&1); then
    fail "the cluster of $KUBECONFIG at $(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}' 2>/dev/null || echo 'no server') does not answer: $(tail -1 <<<"$answer")"
  fi
}

# need_deployed: the application must be there.
need_deployed() {
  need_cluster
  kubectl -n app get deployment processor >/dev/null 2>&1 || fail "the application is not deployed on this cluster; make deploy"
}

# As long as the Secret ghcr is there, or GHCR_TOKEN is, from which deploy makes it, pods pull with it. Before render.
with_pull_secret() {
  if [ -n "${GHCR_TOKEN:-}" ] || kubectl -n app get secret ghcr >/dev/null 2>&1; then PULL_SECRET=ghcr; fi
}

# host_of INGRESS HOST [ISSUER]: kustomize's patch that gives it its name, and cert-manager's annotation.
host_of() {
  local patch="{\"op\": \"replace\", \"path\": \"/spec/rules/0/host\", \"value\": \"$2\"}, {\"op\": \"replace\", \"path\": \"/spec/tls/0/hosts/0\", \"value\": \"$2\"}"
  [ -z "${3:-}" ] || patch+=", {\"op\": \"add\", \"path\": \"/metadata/annotations/cert-manager.io~1cluster-issuer\", \"value\": \"$3\"}"
  printf '%s\n' "- target: {kind: Ingress, name: $1}" "  patch: '[$patch]'"
}

# render OVERLAY: its manifests, with the optional COMPONENTS, and the images of OWNER and IMAGE_TAG, or of
# PROCESSOR_IMAGE, PRODUCERS_IMAGE and PLACEMENT_IMAGE, which may name a digest; MONGO_IMAGE is another than MongoDB's pinned one. Without
# OWNER they are those of this checkout, put on the nodes: no node asks a registry for one, where anybody may have taken the name. The
# component ingest-ingress is for clients of INGEST_HOST, api-ingress for
# those of API_HOST, with a certificate by the ClusterIssuer API_ISSUER where that is set. PULL_SECRET is the Secret of app with the
# registry's password.
render() {
  local overlay=$1 dir=$work/render image component parts=() known never=()
  local optional="monitoring keda changes api-ingress ingest ingest-keda ingest-ingress gpu-agent gpu-scrape placement"
  known=$(cd "$root/k8s/overlays" && echo *)
  for component in $COMPONENTS; do
    [[ " $optional " == *" $component "* ]] || fail "COMPONENTS has '$component'; expected some of: $optional"
    [[ $component != ingest-* || " $COMPONENTS " == *" ingest "*"$component "* ]] ||
      fail "COMPONENTS has $component; expected ingest before it"
    [[ $component != ingest-ingress || ${INGEST_HOST:-} =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]] ||
      fail "INGEST_HOST is '${INGEST_HOST:-}'; expected the name by which clients reach the ingress, such as ingest.example.com"
    [[ $component != api-ingress || ${API_HOST:-} =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]] ||
      fail "API_HOST is '${API_HOST:-}'; expected the name by which people reach the API, such as gpu.example.com"
    [[ $component != api-ingress || ${API_ISSUER:-x} =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]] ||
      fail "API_ISSUER is '${API_ISSUER:-}'; expected the name of a ClusterIssuer of cert-manager, or none"
  done
  [ -e "$root/k8s/overlays/$overlay/kustomization.yaml" ] || fail "OVERLAY is '$overlay'; expected one of: $known"
  [[ $OWNER =~ ^[a-z0-9]+([._-][a-z0-9]+)*$ ]] || fail "OWNER is '$OWNER'; expected a lower-case name as GHCR takes it"
  mkdir -p "$dir"
  for image in processor producers placement; do
    local -n full=${image^^}_IMAGE
    parts+=("gpu-analytics-$image=${full:-ghcr.io/$OWNER/gpu-analytics-$image:$IMAGE_TAG}")
    [ -n "${full:-}$published_by" ] || never+=(-e "\\,image: ghcr.io/$OWNER/gpu-analytics-$image:,{n;s/imagePullPolicy: .*/imagePullPolicy: Never/}")
    unset -n full
  done
  [ -z "${MONGO_IMAGE:-}" ] || parts+=("mongo=$MONGO_IMAGE")
  # Kustomize takes bases by relative paths only.
  {
    echo "apiVersion: kustomize.config.k8s.io/v1beta1"
    echo "kind: Kustomization"
    echo "resources: [\"$(realpath --relative-to="$dir" "$root/k8s/overlays/$overlay")\"]"
    echo "components:"
    for component in $COMPONENTS; do
      echo "- $(realpath --relative-to="$dir" "$root/k8s/components/$component")"
    done
    echo "patches:"
    [[ " $COMPONENTS " != *" ingest-ingress "* ]] || host_of 'ingest-.*' "$INGEST_HOST"
    [[ " $COMPONENTS " != *" api-ingress "* ]] || host_of api "$API_HOST" "${API_ISSUER:-}"
    [ -z "${PULL_SECRET:-}" ] || printf '%s\n' "- target: {kind: ServiceAccount, namespace: app}" \
      "  patch: '[{\"op\": \"add\", \"path\": \"/imagePullSecrets\", \"value\": [{\"name\": \"$PULL_SECRET\"}]}]'"
    echo "images:"
    for image in "${parts[@]}"; do
      echo "- name: ${image%%=*}"
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
  # Kustomize writes keys by the alphabet: the policy comes after the image.
  kubectl kustomize "$dir" | sed -e '' ${never[@]+"${never[@]}"}
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

# last_words FILE: the last line of what failed in a pod, without kubectl's own.
last_words() {
  grep -vE '^(Defaulted container|command terminated with)' "$1" | grep -v '^$' | tail -n 1
}

# --- HTTP --------------------------------------------------------------------------------------------------------------

declare -A forward_pid forward_port

# forward TARGET PORT: a way to the port of a pod of the namespace app; TARGET is pod/NAME, or the application's name, for
# which a ready pod is taken.
forward() {
  local target=$1 port=$2 pod=$1 log=$work/forward-${1//\//-} limit=$((SECONDS + 15))
  unforward "$target"
  [[ $target == pod/* ]] || pod=pod/$(ready_pod app "$target")
  [ "$pod" != pod/ ] || return 1
  : >"$log"
  kubectl -n app port-forward "$pod" ":$port" >"$log" 2>&1 &
  forward_pid[$target]=$!
  until [ -n "${forward_port[$target]:-}" ]; do
    forward_port[$target]=$(sed -n 's/^Forwarding from 127.0.0.1:\([0-9]*\) .*/\1/p' "$log")
    kill -0 "${forward_pid[$target]}" 2>/dev/null || return 1
    [ $SECONDS -lt $limit ] || return 1
    sleep 0.1
  done
}

unforward() {
  [ -z "${forward_pid[$1]:-}" ] || kill "${forward_pid[$1]}" 2>/dev/null || true
  unset "forward_pid[$1]" "forward_port[$1]"
}

unforward_all() {
  local target
  for target in "${!forward_pid[@]}"; do unforward "$target"; done
}
on_exit unforward_all

# http TARGET PORT PATH: asks a pod; what it answers is in $work/body, its status in http_status. A forward that has gone
# with its pod is made again, once. Not for use in $(...): the forward would be lost with the subshell.
http() {
  local target=$1 port=$2 path=$3 attempt
  : >"$work/body"
  http_status="no connection"
  for attempt in 1 2; do
    if [ -z "${forward_port[$target]:-}" ] || [ $attempt = 2 ]; then
      forward "$target" "$port" || continue
    fi
    if http_status=$(curl -sS --max-time 10 -o "$work/body" -w '%{http_code}' "http://127.0.0.1:${forward_port[$target]}$path" 2>"$work/curl"); then
      [[ $http_status == 2* ]]
      return
    fi
    http_status="no connection: $(tail -1 "$work/curl")"
  done
  return 1
}

# answers TARGET PORT PATH: as http, and fails with what was answered.
answers() {
  http "$@" || fail "GET $3 answered $http_status: $(head -c 300 "$work/body")"
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
      | if ($w.reason | test("Image")) then "pod \($pod.metadata.namespace)/\($pod.metadata.name): the image \(.image) cannot be had (\($w.reason)); make push-images puts those of this checkout there, or set OWNER and IMAGE_TAG to a published one"
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

# await NAMESPACE SECONDS: waits until it is settled; ends at once for what waiting does not cure. That an image cannot be had
# may be a registry's hiccup, after which the kubelet asks again: it counts when it has lasted IMAGE_PATIENCE_S (90).
await() {
  local limit=$((SECONDS + $2)) found since=
  until settled "$1"; do
    found=$(trouble "$1")
    case $found in
      "") since= ;;
      *"cannot be had"*)
        since=${since:-$SECONDS}
        [ $((SECONDS - since)) -lt "${IMAGE_PATIENCE_S:-90}" ] || fail "$found"
        ;;
      *) fail "$found" ;;
    esac
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
  kubectl -n "$1" get pods -o json | jq -r '[.items[] | select(.status.phase != "Succeeded")
    | select(.status.phase == "Pending" or any(.status.conditions[]?; .type == "Ready" and .status != "True"))
    | .metadata.name + ": " + (
        [(.status.initContainerStatuses // [])[], (.status.containerStatuses // [])[]
          | select(.state.waiting.reason // "" | test("CrashLoop|Err"))
          | "\(.name) \(.state.waiting.reason) after \(.restartCount) restarts"][0]
        // [.status.conditions[] | select(.status == "False") | .message // .reason][0] // .status.phase)] | unique | join("; ")'
}

# --- accounts: what went in against what is stored -----------------------------------------------------------------------

metric_topic=gpu.metrics.v1
token_topic=token.usage.v1
dead_letter_topic=dead.letters.v1
group=processor

# offsets: "topic partition offset" for each partition of the three topics of events.
offsets() {
  kafka_tool get-offsets --topic "gpu\\.metrics\\.v1|token\\.usage\\.v1|dead\\.letters\\.v1" 2>"$work/offsets.err" |
    awk -F: 'NF == 3 { print $1, $2, $3 }' | sort
}

# offsets_into FILE [LINES]: for eventually: Kafka may be between two leaders.
offsets_into() {
  offsets >"$1" || true
  seen=$(tail -1 "$work/offsets.err")
  [ -s "$1" ] && [ "$(wc -l <"$1")" -ge "${2:-1}" ]
}

# total FILE TOPIC: the sum of a topic's offsets.
total() {
  awk -v topic="$2" '$1 == topic { sum += $3 } END { print sum + 0 }' "$1"
}

# committed: "topic partition offset" of the processor's group.
committed() {
  kafka_tool consumer-groups --describe --group "$group" 2>/dev/null |
    awk -v group="$group" '$1 == group && $4 ~ /^[0-9]+$/ { print $2, $3, $4 }' | sort
}

# caught_up FILE: whether the group has committed everything before the offsets in FILE. Leaves in seen how much is left.
caught_up() {
  seen="$(committed | awk -v ends="$1" '
    { have[$1 " " $2] = $3 }
    END {
      while ((getline <ends) > 0)
        if ($1 !~ /^dead/ && $3 > 0 && have[$1 " " $2] + 0 < $3) left += $3 - have[$1 " " $2]
      print left + 0
    }') records are not committed"
  [ "${seen%% *}" = 0 ]
}

# account_begin: where the account starts.
account_begin() {
  eventually 120 "offsets of $metric_topic and $token_topic" offsets_into "$work/begin"
  account_time=$(date +%s)
}

# account_end SECONDS: waits until what was sent since account_begin is committed, then compares: each record has one
# raw document or one dead letter, and the rollups of the minutes that have ended hold the same sums as the raw events.
account_end() {
  local metrics tokens refused
  eventually 90 "the end of the minute in which the account was opened" minute_has_ended
  eventually 180 "records in both topics since the account was opened" more_was_sent
  eventually "$1" "the processor commits what was sent before $(date -u +%H:%M:%S)" caught_up "$work/end"
  eventually 120 "offsets of all partitions" offsets_into "$work/after" "$(wc -l <"$work/begin")"
  refused=$(($(total "$work/after" $dead_letter_topic) - $(total "$work/begin" $dead_letter_topic)))
  account_query >"$work/query.js"
  eventually 300 "the store's sums" account_answer
  account_compare "$(<"$work/sums")" "$metrics" "$tokens" "$refused"
  echo "$metrics metrics and $tokens usages sent, each stored once, $refused refused;" \
    "rollups of $(jq -r '"\(.minutes) minute\(if .minutes == 1 then "" else "s" end)"' "$work/sums") agree with the raw events ($(jq -r .raw.requests "$work/sums") requests, $(jq -r .raw.tokens "$work/sums") tokens)"
}

# minute_has_ended: whether there is a whole minute to compare. Producers send what they have made within a few seconds.
minute_has_ended() {
  account_minutes_until=$(($(date +%s) - 10))
  [ $((account_minutes_until / 60)) -gt $((account_time / 60)) ]
}

# more_was_sent: reads the end of the account, into metrics and tokens how much that is. One in which nothing was sent would
# agree with everything.
more_was_sent() {
  offsets_into "$work/end" "$(wc -l <"$work/begin")" || return 1
  metrics=$(($(total "$work/end" $metric_topic) - $(total "$work/begin" $metric_topic)))
  tokens=$(($(total "$work/end" $token_topic) - $(total "$work/begin" $token_topic)))
  seen="$metrics in $metric_topic, $tokens in $token_topic"
  [ "$metrics" -gt 0 ] && [ "$tokens" -gt 0 ]
}

account_answer() {
  mongo_eval "$(<"$work/query.js")" >"$work/sums" 2>"$work/sums.err" || { seen=$(head -1 "$work/sums" "$work/sums.err" | paste -sd' ') && return 1; }
  seen=$(head -c 300 "$work/sums")
  [[ $seen == \{* ]]
}

# bounds FILE TOPIC: the offsets of its partitions in their order, "12, 7, 9".
bounds() {
  awk -v topic="$2" '$1 == topic { print $2, $3 }' "$1" | sort -n | awk '{ printf "%s%s", (NR > 1 ? ", " : ""), $2 }'
}

# account_query: the JavaScript that counts the raw documents of the ranges of offsets, and sums raw events and rollups of
# the minutes that ended since the account was opened, the last ten of them at most. A question for each partition and each
# minute, so that none of them needs much memory in the store; a store that is busy is asked again.
account_query() {
  cat <<JS
    const minute = 60000;
    const to = Math.floor($account_minutes_until / 60) * minute;
    const from = Math.max(Math.floor($account_time / 60) * minute, to - 10 * minute);
    const lately = {\$gte: new Date(Math.min(from, $account_time * 1000) - 5 * minute)};
    const ask = (question, attempt = 1) => {
      try { return question(); } catch (error) { if (attempt == 5) throw error; return ask(question, attempt + 1); }
    };
    const sent = (collection, begins, ends) => begins.reduce((sum, begin, partition) => sum + (begin == ends[partition] ? 0 :
      ask(() => db.getCollection(collection).countDocuments(
        {stored_at: lately, "src.partition": partition, "src.offset": {\$gte: begin, \$lt: ends[partition]}}))), 0);
    const sums = (collection, field, filter, ...summands) => {
      const total = summands.map(() => 0), group = {_id: null};
      summands.forEach((summand, i) => group["s" + i] = {\$sum: summand});
      for (let begin = from; begin < to; begin += minute) {
        const match = {...filter, [field]: {\$gte: new Date(begin), \$lt: new Date(begin + minute)}};
        const row = ask(() => db.getCollection(collection).aggregate([{\$match: match}, {\$group: group}]).toArray()[0]) || {};
        summands.forEach((_, i) => total[i] += Number(row["s" + i] || 0));
      }
      return total;
    };
    const both = ([samples], [requests, prompt, completion]) => ({samples, requests, tokens: prompt + completion});
    print(JSON.stringify({
      metrics: sent("gpu_metrics", [$(bounds "$work/begin" $metric_topic)], [$(bounds "$work/end" $metric_topic)]),
      tokens: sent("token_usage", [$(bounds "$work/begin" $token_topic)], [$(bounds "$work/end" $token_topic)]),
      minutes: db.gpu_minute.distinct("bucket", {bucket: {\$gte: new Date(from), \$lt: new Date(to)}}).length,
      raw: both(sums("gpu_metrics", "ts", {stored_at: lately}, 1),
        sums("token_usage", "ts", {stored_at: lately}, 1, "\$prompt_tokens", "\$completion_tokens")),
      rollup: both(sums("gpu_minute", "bucket", {}, "\$samples"),
        sums("token_minute", "bucket", {}, "\$requests", "\$prompt_tokens.sum", "\$completion_tokens.sum")),
    }));
JS
}

# account_compare ANSWER METRICS TOKENS REFUSED: fails on the first thing that does not agree.
account_compare() {
  local stored_metrics stored_tokens
  stored_metrics=$(jq -r .metrics <<<"$1")
  stored_tokens=$(jq -r .tokens <<<"$1")
  # Dead letters do not say here whose offsets they were, so with any there are two bounds.
  { [ $((stored_metrics + stored_tokens)) -le $(($2 + $3)) ] && [ $((stored_metrics + stored_tokens + $4)) -ge $(($2 + $3)) ]; } ||
    fail "$metric_topic got $2 records and gpu_metrics has $stored_metrics of them; $token_topic got $3 and token_usage has $stored_tokens; $4 were refused"
  [ "$(jq -r .minutes <<<"$1")" -gt 0 ] || fail "no minute since the account was opened has rollups"
  [ "$(jq -c .raw <<<"$1")" = "$(jq -c .rollup <<<"$1")" ] ||
    fail "over $(jq -r .minutes <<<"$1") minutes the raw events sum to $(jq -c .raw <<<"$1") and the rollups to $(jq -c .rollup <<<"$1")"
}

# --- volumes: for backup and restore -----------------------------------------------------------------------------------

# claims: the volume claims of Kafka and MongoDB.
claims() {
  kubectl -n platform get persistentvolumeclaims -o json | jq -r '.items[].metadata.name | select(test("^data-(kafka|mongo)-[0-9]+$"))'
}

# bucket_folder s3://BUCKET[/FOLDER]: where a backup goes; without a folder into the cluster's own, which its control plane may write.
bucket_folder() {
  [[ $1 =~ ^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*$ ]] || fail "TO is '$1'; expected s3://BUCKET or s3://BUCKET/FOLDER"
  if [[ ${1#s3://} == */* ]]; then
    echo "$1"
  else
    echo "$1/$(terraform -chdir="${TF_DIR:-$root/terraform}" output -raw name)/backup/$(date -u +%Y-%m-%dT%H%M%SZ)"
  fi
}

# backup_secrets FOLDER: with these the volumes can be read: the cluster's id, the key file, the passwords. The folder is for this user alone.
backup_secrets() {
  kubectl -n platform get secret kafka-cluster mongo-keyfile mongo-root mongo-processor -o json >"$work/platform"
  kubectl -n app get secret processor-mongo -o json >"$work/app"
  jq -s '{apiVersion: "v1", kind: "List", items: [(.[0].items[], .[1])
    | {apiVersion, kind, type, data, metadata: {name: .metadata.name, namespace: .metadata.namespace, labels: .metadata.labels}}]}' \
    "$work/platform" "$work/app" >"$1/secrets.json"
}

volume_pod_gone() {
  kubectl -n platform delete pod "volume-$1" --ignore-not-found --timeout=60s >/dev/null
}

# volume_pod CLAIM IMAGE: a pod that has the claim at /volume, as the user whose files are on it, waits for work and is
# removed at the end of the script. Its name is volume-CLAIM. No two for volumes of the same store run on one node: a new
# volume may be bound to the node on which it is first used, and the store's own pods keep apart in the same way.
volume_pod() {
  local claim=$1 image=$2 user=1000 part
  part=volume-of-$(cut -d- -f2 <<<"$claim")
  [[ $claim != data-mongo-* ]] || user=999
  on_exit volume_pod_gone "$claim"
  kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: volume-$claim
  namespace: platform
  labels: {app.kubernetes.io/name: volume, app.kubernetes.io/component: $part, app.kubernetes.io/part-of: gpu-analytics}
spec:
  affinity:
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app.kubernetes.io/component: $part}}}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 0
  securityContext: {runAsNonRoot: true, runAsUser: $user, runAsGroup: $user, fsGroup: $user, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: volume
    image: $image
    imagePullPolicy: IfNotPresent
    command: [sleep, "86400"]
    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
    resources: {requests: {cpu: 50m, memory: 32Mi}, limits: {cpu: "1", memory: 256Mi}}
    volumeMounts: [{name: data, mountPath: /volume}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: $claim}}]
YAML
  kubectl -n platform wait --for=condition=Ready "pod/volume-$claim" --timeout=120s >/dev/null ||
    fail "the pod volume-$claim does not start: $(pending_reason platform)"
}

in_volume() {
  local claim=$1
  shift
  kubectl -n platform exec -i "volume-$claim" -- "$@"
}

# replicas_of NAMESPACE KIND NAME, and scale_to NAMESPACE KIND NAME N.
replicas_of() {
  kubectl -n "$1" get "$2" "$3" -o 'jsonpath={.spec.replicas}'
}
scale_to() {
  kubectl -n "$1" scale "$2" "$3" --replicas="$4" >/dev/null
}

# no_pods NAMESPACE NAME: whether the application has no pod left.
no_pods() {
  seen=$(kubectl -n "$1" get pods -l "app.kubernetes.io/name=$2" -o 'jsonpath={.items[*].metadata.name}')
  [ -z "$seen" ]
}

# stop_application, stop_stores: down, writers before what they write to.
stop_application() {
  local name
  for name in producers processor; do
    scale_to app deployment "$name" 0
    eventually 120 "$name has stopped" no_pods app "$name"
  done
}
stop_stores() {
  local name
  for name in mongo kafka; do
    scale_to platform statefulset "$name" 0
    eventually 180 "$name has stopped" no_pods platform "$name"
  done
}
