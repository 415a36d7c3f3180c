# shellcheck shell=bash disable=SC2154
# A pod from which this checkout's load generator (docs/doors.md) tells the doors on the cluster. Sourced after k8s.sh.

load_pod=ingest-load

# need_ingest: the doors must be deployed as a part of their own.
need_ingest() {
  need_deployed
  kubectl -n app get deployment ingest >/dev/null 2>&1 ||
    fail "the component ingest is not deployed on this cluster; make deploy COMPONENTS=ingest"
}

remove_load_pod() {
  kubectl -n app delete pod,networkpolicy "$load_pod" --ignore-not-found --wait=false >/dev/null
}

# load_pod_up: the pod, with the image of the doors for its Java, the doors' token, and the generator's jars in /tmp/load. It
# is a client of the doors and of the processor's API like any other: only its labels let it in.
load_pod_up() {
  local image policy
  (cd "$root" && scripts/bench --build) >"$work/build" 2>&1 || fail "the load generator cannot be built: $(tail -1 "$work/build")"
  remove_load_pod
  kubectl -n app wait --for=delete "pod/$load_pod" --timeout=60s >/dev/null 2>&1 || true
  read -r image policy < <(kubectl -n app get deployment ingest -o 'jsonpath={.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].imagePullPolicy}{"\n"}')
  kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: $load_pod
  namespace: app
  labels: {app.kubernetes.io/name: $load_pod, gpu-analytics/ingest-client: "true", gpu-analytics/processor-client: "true"}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 0
  securityContext: {runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: load
    image: $image
    imagePullPolicy: $policy
    command: [sleep, "1800"]
    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
    resources: {requests: {cpu: 50m, memory: 256Mi}, limits: {cpu: "2", memory: 512Mi}}
    volumeMounts:
    - {name: tokens, mountPath: /etc/ingest-tokens, readOnly: true}
    - {name: tmp, mountPath: /tmp}
  volumes:
  - {name: tokens, secret: {secretName: ingest-tokens}}
  - {name: tmp, emptyDir: {sizeLimit: 512Mi}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: $load_pod
  namespace: app
  labels: {app.kubernetes.io/name: $load_pod}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: $load_pod}}
  policyTypes: [Egress]
  egress: [{}]
YAML
  kubectl -n app wait --for=condition=Ready "pod/$load_pod" --timeout=90s >/dev/null ||
    fail "the pod $load_pod does not start: $(pending_reason app)"
  tar -C "$root/bench/target/lib" -cf - . | kubectl -n app exec -i "$load_pod" -- sh -c 'mkdir /tmp/load && tar -C /tmp/load --no-same-owner -xf -'
}

# load OPTION...: runs the generator against the doors and the API of the cluster; what it prints is in $work/load.
load() {
  kubectl -n app exec "$load_pod" -- sh -c 'head -n 1 /etc/ingest-tokens/tokens >/tmp/token && exec java -Xmx256m -XX:+UseSerialGC \
    -Dlogback.configurationFile=bench-logback.xml --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "/tmp/load/*" gpuanalytics.bench.doors.LoadMain --anywhere --token-file /tmp/token --dir /tmp/runs "$@"' load \
    --api http://processor.app.svc.cluster.local:8080 "$@" >"$work/load" 2>&1
}
