"""Each rule of scripts/k8s/policy finds what it is there to find, and nothing in what is right."""

import copy
import importlib.machinery
import importlib.util
import pathlib
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
loader = importlib.machinery.SourceFileLoader("policy", str(ROOT / "scripts/k8s/policy"))
policy = importlib.util.module_from_spec(importlib.util.spec_from_loader("policy", loader))
loader.exec_module(policy)

GOOD = """
{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: n}}
---
{apiVersion: v1, kind: Service, metadata: {name: a, namespace: n},
 spec: {selector: {app: a}, ports: [{port: 80, targetPort: http}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a, namespace: n},
 spec: {podSelector: {matchLabels: {app: a}}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a, namespace: n},
 spec: {maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow, selector: {matchLabels: {app: a}}}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a, namespace: n},
 spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: j, namespace: n}, spec: {ttlSecondsAfterFinished: 60, template: {
  metadata: {labels: {app: a}}, spec: {serviceAccountName: a, securityContext: {runAsNonRoot: true, runAsUser: 10001},
  containers: [{name: c, image: "i:1", resources: {requests: {cpu: 1, memory: 1}, limits: {cpu: 1, memory: 1}},
    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}}]}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: n}, spec: {replicas: 2,
  selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {serviceAccountName: a,
  securityContext: {runAsNonRoot: true, runAsUser: 10001}, affinity: {podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: a}}}]}},
  containers: [{name: c, image: "i:1", ports: [{name: http, containerPort: 8080}],
    startupProbe: {tcpSocket: {port: http}}, livenessProbe: {tcpSocket: {port: http}}, readinessProbe: {httpGet: {port: http}},
    resources: {requests: {cpu: 1, memory: 1}, limits: {cpu: 1, memory: 1}},
    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}}]}}}}
"""


def of(objects, kind):
    return next(o for o in objects if o["kind"] == kind)


def pod(objects):
    return of(objects, "Deployment")["spec"]["template"]["spec"]


def container(objects):
    return pod(objects)["containers"][0]


def put(get, **values):
    return lambda o: get(o).update(values)


def spec(kind, **values):
    return lambda o: of(o, kind)["spec"].update(values)


def remove(get, key):
    return lambda o: get(o).pop(key)


def secured(**values):
    return lambda o: container(o)["securityContext"].update(values)


# One change to what is right, for each check.
BROKEN = {
    "dangling-service": spec("Service", selector={"app": "b"}),
    "dangling-networkpolicy": lambda o: o.append(
        {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "b", "namespace": "n"},
         "spec": {"podSelector": {"matchLabels": {"app": "b"}}}}),
    "dangling-horizontalpodautoscaler": spec("HorizontalPodAutoscaler", scaleTargetRef={"kind": "Deployment", "name": "b"}),
    "non-existent-service-account": put(pod, serviceAccountName="b"),
    "mismatching-selector": spec("Deployment", selector={"matchLabels": {"app": "b"}}),
    "non-isolated-pod": lambda o: of(o, "NetworkPolicy")["metadata"].update(namespace="other"),
    "invalid-target-ports": spec("Service", ports=[{"port": 80, "targetPort": 70000}]),
    "use-namespace": lambda o: of(o, "ServiceAccount")["metadata"].update(namespace="default"),
    "deprecated-service-account-field": put(pod, serviceAccount="a"),
    "default-service-account": put(pod, serviceAccountName="default"),
    "host-ipc": put(pod, hostIPC=True),
    "host-network": put(pod, hostNetwork=True),
    "host-pid": put(pod, hostPID=True),
    "docker-sock": put(pod, volumes=[{"name": "v", "hostPath": {"path": "/run/docker.sock"}}]),
    "sensitive-host-mounts": put(pod, volumes=[{"name": "v", "hostPath": {"path": "/etc"}}]),
    "unsafe-sysctls": lambda o: pod(o)["securityContext"].update(sysctls=[{"name": "net.core.somaxconn"}]),
    "no-anti-affinity": remove(pod, "affinity"),
    "job-ttl-seconds-after-finished": lambda o: of(o, "Job")["spec"].pop("ttlSecondsAfterFinished"),
    "no-extensions-v1beta": lambda o: of(o, "NetworkPolicy").update(apiVersion="extensions/v1beta1"),
    "pdb-max-unavailable": spec("PodDisruptionBudget", maxUnavailable=0),
    "pdb-min-available": spec("PodDisruptionBudget", minAvailable=2),
    "pdb-unhealthy-pod-eviction-policy": lambda o: of(o, "PodDisruptionBudget")["spec"].pop("unhealthyPodEvictionPolicy"),
    "drop-net-raw-capability": secured(capabilities={}),
    "duplicate-env-var": put(container, env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
    "env-var-secret": put(container, env=[{"name": "MY_SECRET", "value": "1"}]),
    "read-secret-from-env-var": put(container, env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]),
    "latest-tag": put(container, image="host:5000/i"),
    "no-read-only-root-fs": secured(readOnlyRootFilesystem=False),
    "privilege-escalation-container": secured(allowPrivilegeEscalation=True),
    "privileged-container": secured(privileged=True),
    "run-as-non-root": put(pod, securityContext={}),
    "ssh-port": lambda o: container(o)["ports"].append({"containerPort": 22}),
    "unset-cpu-requirements": lambda o: container(o)["resources"]["requests"].pop("cpu"),
    "unset-memory-requirements": lambda o: container(o)["resources"]["limits"].pop("memory"),
    "liveness-port": put(container, livenessProbe={"tcpSocket": {"port": 1}}),
    "readiness-port": put(container, readinessProbe={"httpGet": {"port": "other"}}),
    "startup-port": put(container, startupProbe={"tcpSocket": {"port": 1}}),
    "no-liveness-probe": remove(container, "livenessProbe"),
    "no-readiness-probe": remove(container, "readinessProbe"),
}


class PolicyTest(unittest.TestCase):
    def setUp(self):
        self.objects = copy.deepcopy(policy.load(GOOD))

    def found(self):
        return {identity for identity, _, _ in policy.findings(self.objects)}

    def test_finds_nothing_in_what_is_right(self):
        self.assertEqual(set(), self.found())

    def test_every_check_has_a_case(self):
        self.assertEqual(set(policy.CHECKS), set(BROKEN))

    def test_each_check_finds_what_it_is_there_for(self):
        for identity, change in BROKEN.items():
            with self.subTest(identity):
                self.objects = copy.deepcopy(policy.load(GOOD))
                change(self.objects)
                self.assertIn(identity, self.found())

    def test_an_annotation_with_a_reason_lets_an_object_off(self):
        pod(self.objects)["hostPID"] = True
        of(self.objects, "Deployment")["metadata"]["annotations"] = {
            policy.IGNORE + "host-pid": "it looks at processes of the node"
        }
        self.assertEqual(set(), self.found())

    def test_an_annotation_without_a_reason_does_not(self):
        pod(self.objects)["hostPID"] = True
        of(self.objects, "Deployment")["metadata"]["annotations"] = {policy.IGNORE + "host-pid": ""}
        self.assertEqual({"host-pid"}, self.found())

    def test_kube_linter_has_the_same_opt_in_checks(self):
        config = yaml.safe_load((ROOT / "k8s/kube-linter.yaml").read_text(encoding="utf-8"))
        self.assertEqual(sorted(policy.OPT_IN), sorted(config["checks"]["include"]))


if __name__ == "__main__":
    unittest.main()
