# shellcheck shell=bash
# Probe pods, which try connections. Sourced after k8s.sh by the scripts that verify NetworkPolicies.

# A namespace without any of ours.
outside=gpu-analytics-probe

# The probes may send to anywhere, so that what is tested is what the targets let in.
probe() {
  local namespace=$1 name=$2 labels=$3 image
  image=$(kubectl -n platform get statefulset kafka -o 'jsonpath={.spec.template.spec.containers[0].image}')
  cat <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $name, namespace: $namespace, labels: {gpu-analytics/probe: "true"$labels}}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 0
  securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: probe
    image: $image
    imagePullPolicy: IfNotPresent
    command: [sleep, "600"]
    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
    resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {cpu: 200m, memory: 64Mi}}
---
YAML
}

free_egress() {
  cat <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: gpu-analytics-probe, namespace: $1}
spec:
  podSelector: {matchLabels: {gpu-analytics/probe: "true"}}
  policyTypes: [Egress]
  egress: [{}]
---
YAML
}

remove_probes() {
  local namespace
  kubectl delete namespace $outside --ignore-not-found --wait=false >/dev/null
  for namespace in platform app; do
    kubectl -n "$namespace" delete pod,networkpolicy -l gpu-analytics/probe=true --ignore-not-found --wait=false >/dev/null
    kubectl -n "$namespace" delete networkpolicy gpu-analytics-probe --ignore-not-found >/dev/null
  done
}

# probes_ready NAMESPACE...: waits for the probes there.
probes_ready() {
  local namespace
  for namespace; do
    kubectl -n "$namespace" wait --for=condition=Ready pod -l gpu-analytics/probe=true --timeout=60s >/dev/null
  done
}

# nothing_left: removes what an earlier run has left.
nothing_left() {
  remove_probes
  eventually 60 "an earlier run's namespace is gone" eval "! kubectl get namespace $outside >/dev/null 2>&1"
}

# targets_are NAME:PORT...: the pods that the probes try, one for each port, into the list targets. Addresses and not names:
# what is tested is the connection, and the headless Services have no address.
targets_are() {
  local target name namespace
  targets=()
  for target; do
    name=${target%:*}
    case $name in kafka | mongo) namespace=platform ;; *) namespace=app ;; esac
    targets+=("$target=$(kubectl -n "$namespace" get pod "$(ready_pod "$namespace" "$name")" -o 'jsonpath={.status.podIP}')/${target#*:}")
  done
}

# edges NAMESPACE POD CONTAINER ALLOWED...: exactly the allowed targets answer. What a pod says to itself does not pass the
# network, so that is left out.
edges() {
  local namespace=$1 pod=$2 container=$3 found own target others=() allowed
  shift 3
  allowed=" $* "
  own=$(kubectl -n "$namespace" get pod "$pod" -o 'jsonpath={.status.podIP}')
  for target in "${targets[@]}"; do
    if [[ $target == *"=$own/"* ]]; then
      allowed=${allowed/ ${target%%=*} / }
    else
      others+=("$target")
    fi
  done
  # shellcheck disable=SC2016 # for the shell in the pod
  found=$(kubectl -n "$namespace" exec "$pod" -c "$container" -- bash -c '
    for target; do
      { timeout 3 bash -c ": <>/dev/tcp/${target#*=}" 2>/dev/null && echo "${target%%=*}"; } &
    done
    wait' probe "${others[@]}" | sort | paste -sd' ')
  # shellcheck disable=SC2086 # a list of words
  [ "$found" = "$(printf '%s\n' $allowed | sort | paste -sd' ')" ] || fail "it reaches '$found'; expected '$*'"
  echo "${found:-nothing}"
}
