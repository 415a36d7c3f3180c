"""What several files must say alike, or what a component's own validation would say only on a cluster that has it."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def topics():
    """topics.conf as {topic: (partitions, {config: value})}."""
    lines = (line.split() for line in text("k8s/base/platform/kafka/topics.conf").splitlines())
    return {
        line[0]: (int(line[1]), dict(one.split("=", 1) for one in line[2:]))
        for line in lines
        if line and not line[0].startswith("#")
    }


class TopicsTest(unittest.TestCase):
    def setUp(self):
        settings = yaml.safe_load(text("k8s/base/app/producers/configmap.yaml"))["data"]
        self.partitions, self.config = topics()[settings["TOPIC_SHARDS"]]
        self.local = "\n".join(p.read_text(encoding="utf-8") for p in ROOT.glob("*/src/main/java/**/*.java"))

    def test_the_topic_that_holds_the_rate_is_compacted_and_nothing_else_as_in_one_process(self):
        self.assertEqual({"cleanup.policy": "compact"}, self.config)
        self.assertIn('Map.of("cleanup.policy", "compact")', self.local)

    def test_the_shards_are_as_many_as_in_one_process(self):
        self.assertEqual([str(self.partitions)], re.findall(r"\bint SHARDS = (\d+);", self.local))


def rendered(overlay, *components):
    with tempfile.TemporaryDirectory() as folder:
        # Kustomize takes bases by relative paths only.
        paths = [os.path.relpath(ROOT / "k8s" / part, os.path.realpath(folder)) for part in (f"overlays/{overlay}", *(f"components/{c}" for c in components))]
        kustomization = {"resources": paths[:1], "components": paths[1:]}
        (pathlib.Path(folder) / "kustomization.yaml").write_text(yaml.safe_dump(kustomization), encoding="utf-8")
        given = subprocess.run(["kubectl", "kustomize", folder], check=True, capture_output=True, text=True)
    return [o for o in yaml.safe_load_all(given.stdout) if o]


def pods(objects):
    """(name, pod specification) of every workload."""
    for o in objects:
        if o["kind"] in ("Deployment", "StatefulSet", "Job", "DaemonSet"):
            yield o["metadata"]["name"], o["spec"]["template"]["spec"]


def containers(objects):
    for name, spec in pods(objects):
        for container in spec.get("initContainers", []) + spec["containers"]:
            yield name, container


@unittest.skipUnless(shutil.which("kubectl"), "no kubectl on this machine")
class OverlaysTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.overlays = {p.name: rendered(p.name) for p in sorted((ROOT / "k8s/overlays").iterdir())}

    def test_an_image_has_one_version_in_all_overlays_so_that_one_may_follow_another_on_the_same_volumes(self):
        versions = {}
        for objects in self.overlays.values():
            for _, container in containers(objects):
                repository, _, version = container["image"].split("@")[0].partition(":")
                versions.setdefault(repository, set()).add(version)
        self.assertEqual({r: 1 for r in versions}, {r: len(v) for r, v in versions.items()}, versions)
        self.assertTrue(all(re.fullmatch(r"\d+\.\d+\.\d+", v) for r, vs in versions.items() if not r.startswith("gpu-analytics") for v in vs), versions)

    def test_mongod_leaves_the_kernels_restartable_sequences_to_the_c_library(self):
        for overlay, objects in self.overlays.items():
            servers = [c for _, c in containers(objects) if any(p.get("name") == "mongodb" for p in c.get("ports", []))]
            self.assertEqual(1, len(servers), overlay)
            self.assertIn({"name": "GLIBC_TUNABLES", "value": "glibc.pthread.rseq=1"}, servers[0]["env"], overlay)

    def test_what_kafka_logs_to_files_fits_into_their_volume_whatever_it_has_to_say(self):
        for overlay, objects in self.overlays.items():
            spec = next(s for n, s in pods(objects) if n == "kafka")
            command = spec["containers"][0]["command"]
            files, size = map(int, re.search(r"-Xlog:gc\*:file=/opt/kafka/logs/.*:filecount=(\d+),filesize=(\d+)M", " ".join(command)).groups())
            limit = next(v["emptyDir"]["sizeLimit"] for v in spec["volumes"] if v["name"] == "logs")
            # The JVM keeps so many rotated files and the one it writes.
            self.assertLess((files + 1) * size, int(limit.removesuffix("Mi")) / 2, overlay)
            self.assertIn("KAFKA_LOG4J_OPTS=-Dlog4j2.configurationFile=/etc/kafka-files/log4j2.yaml", command)
            config = next(o for o in objects if o["kind"] == "ConfigMap" and o["metadata"]["name"].startswith("kafka-files"))
            self.assertEqual(["Console"], list(yaml.safe_load(config["data"]["log4j2.yaml"])["Configuration"]["Appenders"]))
            # The tools in the same container must not take the server's: what they print is read.
            self.assertFalse([e for e in spec["containers"][0]["env"] if e["name"] in ("KAFKA_LOG4J_OPTS", "KAFKA_GC_LOG_OPTS")])


    def test_the_processor_reads_the_price_file_that_is_mounted_and_the_file_has_no_price_of_its_own(self):
        for overlay, objects in self.overlays.items():
            spec, config = self.processor(objects)
            path = pathlib.PurePosixPath(config["PRICES_FILE"])
            book = yaml.safe_load(self.mounted(objects, spec, path.parent)["data"][path.name])
            self.assertEqual({"gpus": [], "models": []}, book, overlay)

    def test_changes_are_taken_with_a_token_only_where_the_component_is_asked_for(self):
        for overlay in self.overlays:
            for asked in (False, True):
                objects = rendered(overlay, "changes") if asked else self.overlays[overlay]
                spec, config = self.processor(objects)
                env = {e["name"]: e["value"] for e in spec["containers"][0].get("env", [])}
                self.assertNotIn("HTTP_TOKENS_FILE", config, overlay)
                self.assertEqual("/etc/processor-changes/tokens" if asked else None, env.get("HTTP_TOKENS_FILE"), overlay)
                mounts = {m["mountPath"]: m["name"] for m in spec["containers"][0]["volumeMounts"]}
                secrets = {v["name"]: v["secret"]["secretName"] for v in spec["volumes"] if "secret" in v}
                self.assertEqual("processor-changes" if asked else None, secrets.get(mounts.get("/etc/processor-changes")), overlay)

    @staticmethod
    def processor(objects):
        spec = next(s for n, s in pods(objects) if n == "processor")
        name = spec["containers"][0]["envFrom"][0]["configMapRef"]["name"]
        return spec, next(o for o in objects if o["kind"] == "ConfigMap" and o["metadata"]["name"] == name)["data"]

    @staticmethod
    def mounted(objects, spec, folder):
        mount = next(m for m in spec["containers"][0]["volumeMounts"] if m["mountPath"] == str(folder))
        name = next(v for v in spec["volumes"] if v["name"] == mount["name"])["configMap"]["name"]
        return next(o for o in objects if o["kind"] == "ConfigMap" and o["metadata"]["name"] == name)


@unittest.skipUnless(shutil.which("kubectl"), "no kubectl on this machine")
class ImagesTest(unittest.TestCase):
    """By the name that images have by default anybody may publish others: no node may ask for them."""

    COMPONENTS = "ingest gpu-agent gpu-scrape placement"

    def policies(self, **said):
        environment = {k: v for k, v in os.environ.items() if k not in ("OWNER", "IMAGE_TAG", "PROCESSOR_IMAGE", "PRODUCERS_IMAGE", "PLACEMENT_IMAGE")}
        given = subprocess.run(
            [ROOT / "scripts/k8s/render"], check=True, capture_output=True, text=True, env={**environment, "COMPONENTS": self.COMPONENTS, **said})
        ours = [c for _, c in containers(o for o in yaml.safe_load_all(given.stdout) if o) if "/gpu-analytics-" in c["image"]]
        self.assertEqual({"processor", "producers", "placement"}, {re.search(r"gpu-analytics-(\w+)[:@]", c["image"])[1] for c in ours})
        return {(c["image"].split("/")[1], c["imagePullPolicy"]) for c in ours}

    def test_images_of_this_checkout_are_never_asked_of_a_registry(self):
        self.assertEqual({("gpu-analytics", "Never")}, self.policies())

    def test_published_images_of_an_owner_who_is_named_are(self):
        self.assertEqual({("somebody", "IfNotPresent")}, self.policies(OWNER="somebody"))
        self.assertEqual({("gpu-analytics", "IfNotPresent")}, self.policies(OWNER="gpu-analytics"))

    def test_an_image_that_is_named_by_its_digest_is_beside_others_of_this_checkout(self):
        named = {"PROCESSOR_IMAGE": "r.example/mine/gpu-analytics-processor@sha256:" + "0" * 64}
        self.assertEqual({("mine", "IfNotPresent"), ("gpu-analytics", "Never")}, self.policies(**named))

    def test_a_pod_of_the_tests_takes_an_image_as_the_deployment_does(self):
        for path in ("scripts/lib/load.sh", "scripts/lib/probes.sh", "scripts/lib/k8s.sh"):
            for image in re.findall(r"image=\$\(kubectl .*", text(path)):
                self.assertIn("statefulset kafka", image, path)


@unittest.skipUnless(shutil.which("kubectl"), "no kubectl on this machine")
class RoomTest(unittest.TestCase):
    """What make preflight takes an overlay to need, against the manifests."""

    UNITS = {"Mi": 1, "Gi": 1024}

    def mib(self, quantity):
        return int(quantity[:-2]) * self.UNITS[quantity[-2:]]

    def request(self, o):
        return sum(self.mib(c["resources"]["requests"]["memory"]) for c in o["spec"]["template"]["spec"]["containers"])

    def requests(self, overlay):
        """(name, MiB a pod, pods at the autoscaler's maximum) of all that runs, the Jobs of a deploy among them."""
        objects = rendered(overlay)
        most = {o["spec"]["scaleTargetRef"]["name"]: o["spec"]["maxReplicas"] for o in objects if o["kind"] == "HorizontalPodAutoscaler"}
        return [
            (o["metadata"]["name"], self.request(o), most.get(o["metadata"]["name"], o["spec"].get("replicas", 1)))
            for o in objects
            if o["kind"] in ("Deployment", "StatefulSet", "Job")
        ]

    def test_overlay_single_asks_for_what_the_preflight_wants(self):
        asked = sum(mib * pods for _, mib, pods in self.requests("single"))
        self.assertEqual([str(asked)], re.findall(r"'add // 0 \| floor' <<< \"\$has\"\)\" -ge (\d+) ", text("scripts/infra/preflight")))
        self.assertIn(f"asks for {asked / 1024:.1f}", text("scripts/infra/preflight"))

    def test_three_machines_have_room_for_a_node_of_each_store(self):
        for overlay in ("staging", "production"):
            asked = sum(mib for name, mib, _ in self.requests(overlay) if name in ("kafka", "mongo"))
            self.assertEqual({str(asked)}, set(re.findall(r"select\(\. >= (\d+)\)", text("scripts/infra/preflight"))), overlay)
            self.assertEqual(3, max(pods for name, _, pods in self.requests(overlay) if name in ("kafka", "mongo")))


class MonitoringTest(unittest.TestCase):
    def test_a_prometheus_installed_as_the_docs_say_selects_everything_of_ours(self):
        release = re.search(r"helm install (\S+) \S*/kube-prometheus-stack ", text("docs/operations.md"))[1]
        for path in sorted((ROOT / "k8s/components/monitoring").glob("*.yaml")):
            o = yaml.safe_load(path.read_text(encoding="utf-8"))
            if o["apiVersion"].startswith("monitoring.coreos.com/"):
                self.assertEqual(release, o["metadata"].get("labels", {}).get("release"), path.name)


class ScaledObjectTest(unittest.TestCase):
    def setUp(self):
        self.spec = yaml.safe_load(text("k8s/components/keda/scaled-object.yaml"))["spec"]
        self.modifiers = self.spec["advanced"]["scalingModifiers"]

    def composite(self, **values):
        condition, yes, no = re.fullmatch(r"(.*) \? (.*) : (.*)", self.modifiers["formula"]).groups()
        return eval(f"({yes}) if ({condition}) else ({no})", {"float": float}, values)  # the repository's own formula

    def test_the_formula_is_of_its_triggers(self):
        names = {trigger["name"] for trigger in self.spec["triggers"]}
        self.assertTrue(all(re.fullmatch(r"[a-z_]+", name) for name in names), names)
        self.assertEqual(names, set(re.findall(r"[a-z_]+", self.modifiers["formula"])) - {"float"})

    def test_while_the_store_is_saturated_the_number_of_pods_is_held(self):
        self.assertEqual(float(self.modifiers["target"]), self.composite(saturated=1, drain=900))

    def test_else_the_longest_drain_decides(self):
        self.assertEqual(900, self.composite(saturated=0, drain=900))

    def test_every_trigger_asks_every_pod_and_takes_the_worst(self):
        for trigger in self.spec["triggers"]:
            self.assertEqual("max", trigger["metadata"]["aggregationType"])
            self.assertEqual("true", trigger["metadata"]["aggregateFromKubeServiceEndpoints"])


def component(name):
    return [o for p in sorted((ROOT / "k8s/components" / name).glob("*.yaml")) for o in yaml.safe_load_all(p.read_text(encoding="utf-8")) if o]


def named(objects, kind):
    return next(o for o in objects if o["kind"] == kind)


class IngestTest(unittest.TestCase):
    def setUp(self):
        self.objects = component("ingest")
        self.settings = named(self.objects, "ConfigMap")["data"]
        self.spec = named(self.objects, "Deployment")["spec"]["template"]["spec"]

    def test_what_the_settings_open_is_what_services_and_clients_find(self):
        ports = {p["name"]: str(p["containerPort"]) for p in self.spec["containers"][0]["ports"]}
        self.assertEqual({"grpc": self.settings["DOOR_GRPC_PORT"], "otlp-http": self.settings["DOOR_HTTP_PORT"], "http": self.settings["HTTP_PORT"]}, ports)
        services = [o for o in self.objects if o["kind"] == "Service"]
        self.assertEqual({"ingest", "ingest-pods"}, {s["metadata"]["name"] for s in services})
        for service in services:
            for port in service["spec"]["ports"]:
                self.assertEqual(ports[port["targetPort"]], str(port["port"]))
        policy = named(self.objects, "NetworkPolicy")["spec"]["ingress"][0]
        self.assertEqual({int(ports["grpc"]), int(ports["otlp-http"])}, {p["port"] for p in policy["ports"]})

    def test_a_door_beyond_loopback_has_the_tokens_that_deploy_makes(self):
        secret = next(v["secret"]["secretName"] for v in self.spec["volumes"] if v["name"] == "tokens")
        mount = next(m["mountPath"] for m in self.spec["containers"][0]["volumeMounts"] if m["name"] == "tokens")
        self.assertEqual(f"{mount}/tokens", self.settings["DOOR_TOKENS_FILE"])
        self.assertIn(f"secret app {secret} tokens=", text("scripts/k8s/deploy"))

    def test_what_the_doors_hold_together_leaves_half_of_the_heap(self):
        # The image's heap is half of the memory; each of the two doors may hold so much.
        mebibytes = int(self.settings["DOOR_MAX_BYTES"].removesuffix(" MiB"))
        limit = int(self.spec["containers"][0]["resources"]["limits"]["memory"].removesuffix("Mi"))
        self.assertIn("-XX:MaxRAMPercentage=50", text("pom.xml"))
        self.assertLessEqual(2 * mebibytes, limit / 2 / 2)

    def test_by_their_load_they_scale_from_and_to_the_same_numbers_and_before_a_door_is_full(self):
        autoscaler = named(self.objects, "HorizontalPodAutoscaler")["spec"]
        scaled = named(component("ingest-keda"), "ScaledObject")["spec"]
        self.assertEqual((autoscaler["minReplicas"], autoscaler["maxReplicas"]), (scaled["minReplicaCount"], scaled["maxReplicaCount"]))
        full = int(self.settings["DOOR_MAX_BYTES"].removesuffix(" MiB")) << 20
        targets = {"producer_door_bytes": full / 4, "producer_door_calls_share": 0.5}
        asked = set()
        for trigger in scaled["triggers"]:
            meta = trigger["metadata"]
            self.assertEqual(("max", "true"), (meta["aggregationType"], meta["aggregateFromKubeServiceEndpoints"]))
            metric, door = re.fullmatch(r'(\w+)\{door="(\w+)"\}', meta["valueLocation"]).groups()
            self.assertEqual(targets[metric], float(meta["targetValue"]))
            asked.add((metric, door))
        self.assertEqual({(metric, door) for metric in targets for door in self.settings["DOORS"].split(",")}, asked)
        self.assertEqual(len(scaled["triggers"]), len({trigger["name"] for trigger in scaled["triggers"]}))
        for metric in targets:
            self.assertIn(f'"{metric.replace("_", ".")}"', text("producers/src/main/java/gpuanalytics/producer/receive/Door.java"))

    def test_one_connection_alone_does_not_start_a_pod(self):
        default = {name: int(value) for name, value in re.findall(r"\| `(DOOR_\w+)` \| `(\d+)` \|", text("docs/operations.md"))}
        streams, places = (int(self.settings.get(name, default[name])) for name in ("DOOR_GRPC_MAX_STREAMS", "DOOR_MAX_REQUESTS"))
        shares = [t["metadata"]["targetValue"] for t in named(component("ingest-keda"), "ScaledObject")["spec"]["triggers"] if "share" in t["metadata"]["valueLocation"]]
        self.assertLess(streams / places, min(map(float, shares)))


class IngestIngressTest(unittest.TestCase):
    def setUp(self):
        self.objects = component("ingest-ingress")
        self.services = {o["metadata"]["name"]: o for o in self.objects + component("ingest") if o["kind"] == "Service"}
        self.paths = {
            o["metadata"]["name"]: {p["path"]: p["backend"]["service"] for rule in o["spec"]["rules"] for p in rule["http"]["paths"]}
            for o in self.objects
            if o["kind"] == "Ingress"
        }

    def test_every_way_leads_to_a_port_of_a_service_that_is_there(self):
        for paths in self.paths.values():
            for service in paths.values():
                ports = self.services[service["name"]]["spec"]["ports"]
                self.assertIn(service["port"]["name"], {port["name"] for port in ports})

    def test_grpc_goes_on_in_clear_text_whichever_controller_it_is(self):
        grpc = next(o for o in self.objects if o["kind"] == "Ingress" and o["metadata"]["name"] == "ingest-grpc")
        self.assertEqual("GRPC", grpc["metadata"]["annotations"]["nginx.ingress.kubernetes.io/backend-protocol"])
        service = self.services["ingest-h2c"]
        self.assertEqual("h2c", service["metadata"]["annotations"]["traefik.ingress.kubernetes.io/service.serversscheme"])
        self.assertEqual(["kubernetes.io/h2c"], [port["appProtocol"] for port in service["spec"]["ports"]])
        self.assertEqual(self.services["ingest"]["spec"]["selector"], service["spec"]["selector"])

    def test_the_paths_are_those_that_the_doors_have(self):
        receive = ROOT / "producers/src/main/java/gpuanalytics/producer/receive"
        code = "\n".join(p.read_text(encoding="utf-8") for p in sorted(receive.rglob("*.java")))
        for path in self.paths["ingest-http"]:
            self.assertIn(f'"{path}"', code)
        proto = text("producers/src/main/resources/gpuanalytics/v1/ingest.proto")
        package, service = re.search(r"package (\S+);", proto)[1], re.search(r"service (\w+)", proto)[1]
        otlp = {f"/opentelemetry.proto.collector.{s}.v1.{s.capitalize()}Service" for s in ("trace", "metrics", "logs")}
        self.assertEqual(otlp | {f"/{package}.{service}"}, set(self.paths["ingest-grpc"]))

    def test_controllers_reach_the_doors_alone(self):
        policy, doors = named(self.objects, "NetworkPolicy")["spec"], named(component("ingest"), "NetworkPolicy")["spec"]
        self.assertEqual(doors["podSelector"], policy["podSelector"])
        self.assertEqual(doors["ingress"][0]["ports"], policy["ingress"][0]["ports"])


class ApiIngressTest(unittest.TestCase):
    """The API has no accounts, so its ingress is closed wherever the password would not be asked for."""

    def setUp(self):
        self.objects = component("api-ingress")
        self.ingress = named(self.objects, "Ingress")
        self.middleware = named(self.objects, "Middleware")

    def test_a_password_is_asked_for_by_the_one_controller_that_takes_it(self):
        # Traefik's name of a middleware in another place: NAMESPACE-NAME@kubernetescrd (doc.traefik.io, Kubernetes Ingress).
        wanted = "{namespace}-{name}@kubernetescrd".format(**self.middleware["metadata"])
        annotations = self.ingress["metadata"]["annotations"]
        self.assertEqual(wanted, annotations["traefik.ingress.kubernetes.io/router.middlewares"])
        self.assertEqual("traefik", self.ingress["spec"]["ingressClassName"])
        secret = self.middleware["spec"]["basicAuth"]["secret"]
        self.assertIn(f'secret app {secret} users="$dir/users"', text("scripts/k8s/deploy"))

    def test_nothing_of_it_is_in_clear_text(self):
        annotations = self.ingress["metadata"]["annotations"]
        self.assertEqual(("websecure", "true"), tuple(annotations[f"traefik.ingress.kubernetes.io/router.{k}"] for k in ("entrypoints", "tls")))
        self.assertEqual([{"hosts": ["API_HOST"], "secretName": "api-tls"}], self.ingress["spec"]["tls"])

    def test_traefik_reaches_the_api_and_the_api_is_what_it_leads_to(self):
        objects = rendered("single")
        service = next(o for o in objects if o["kind"] == "Service" and o["metadata"]["name"] == "processor")
        backend = self.ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
        self.assertEqual(("processor", {"name": service["spec"]["ports"][0]["name"]}), (backend["name"], backend["port"]))
        policy = named(self.objects, "NetworkPolicy")["spec"]
        own = next(o for o in objects if o["kind"] == "NetworkPolicy" and o["metadata"]["name"] == "processor")["spec"]
        self.assertEqual((own["podSelector"], own["ingress"][0]["ports"]), (policy["podSelector"], policy["ingress"][0]["ports"]))

    def test_it_is_off_unless_asked_for(self):
        self.assertNotIn("Ingress", {o["kind"] for o in rendered("production")})


class SpotPoolTest(unittest.TestCase):
    def test_what_keeps_data_stays_off_the_pool_that_may_end_any_minute(self):
        main = text("terraform/modules/user-data/main.tf")
        key, value, effect = re.search(r'\["(gpu-analytics/pool)=(spot):(\w+)"\]', main).groups()
        tolerates = {name for name, spec in pods(rendered("production", "ingest")) for t in spec.get("tolerations") or []
                     if (t["key"], t["value"], t["effect"]) == (key, value, effect)}
        self.assertEqual({"processor", "producers", "ingest"}, tolerates)


class StorageTest(unittest.TestCase):
    """The patches of k8s/storage on objects with the names and parts of aws-ebs-csi-driver's deploy/kubernetes/base (v1.62)."""

    @classmethod
    def setUpClass(cls):
        part = lambda name, **more: {"name": name, "image": name, **more}  # noqa: E731
        probe = part("liveness-probe", args=["--csi-address=/csi/csi.sock"])
        port = [{"name": "healthz", "containerPort": 9808, "protocol": "TCP"}]
        def workload(kind, name, strategy, *containers):
            return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": "kube-system"}, "spec": {
                **strategy, "template": {"spec": {"nodeSelector": {"kubernetes.io/os": "linux"}, "containers": list(containers)}}}}
        given = [
            workload("Deployment", "ebs-csi-controller", {"replicas": 2, "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}},
                     part("ebs-plugin", args=["controller"], ports=port), part("csi-provisioner"), probe),
            workload("DaemonSet", "ebs-csi-node", {}, part("ebs-plugin", ports=port), probe),
        ]
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "k8s/storage", folder, dirs_exist_ok=True)
            path = pathlib.Path(folder) / "kustomization.yaml"
            own = yaml.safe_load(path.read_text(encoding="utf-8"))
            cls.sources = [r for r in own["resources"] if r.startswith("https://")]
            (pathlib.Path(folder) / "given.yaml").write_text(yaml.safe_dump_all(given), encoding="utf-8")
            path.write_text(yaml.safe_dump({**own, "resources": ["given.yaml", "classes.yaml"]}), encoding="utf-8")
            done = subprocess.run(["kubectl", "kustomize", folder], check=True, capture_output=True, text=True)
        cls.objects = {(o["kind"], o["metadata"]["name"]): o for o in yaml.safe_load_all(done.stdout)}

    def spec(self, kind, name):
        return self.objects[kind, name]["spec"]

    def test_the_controller_runs_once_on_a_servers_own_network_and_role(self):
        spec = self.spec("Deployment", "ebs-csi-controller")
        pod = spec["template"]["spec"]
        self.assertEqual((1, {"type": "Recreate"}, True), (spec["replicas"], spec["strategy"], pod["hostNetwork"]))
        self.assertEqual({"kubernetes.io/os": "linux", "node-role.kubernetes.io/control-plane": "true"}, pod["nodeSelector"])

    def test_two_parts_on_one_network_have_two_ports(self):
        pods = [self.spec(*o)["template"]["spec"] for o in (("Deployment", "ebs-csi-controller"), ("DaemonSet", "ebs-csi-node"))]
        self.assertTrue(all(pod["hostNetwork"] for pod in pods))
        ports = [[p["containerPort"] for c in pod["containers"] for p in c.get("ports", [])] for pod in pods]
        self.assertEqual([[9809], [9808]], ports)
        probe = next(c for c in pods[0]["containers"] if c["name"] == "liveness-probe")
        self.assertEqual(["--csi-address=/csi/csi.sock", "--health-port=9809"], probe["args"])

    def test_volumes_are_encrypted_grow_and_carry_the_tag_that_the_role_asks_for(self):
        storage = self.objects["StorageClass", "gp3"]
        self.assertEqual({"type": "gp3", "encrypted": "true", "tagSpecification_1": "Cluster=CLUSTER_NAME"}, storage["parameters"])
        self.assertEqual((True, "WaitForFirstConsumer"), (storage["allowVolumeExpansion"], storage["volumeBindingMode"]))
        self.assertEqual("true", storage["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"])
        self.assertEqual(storage["parameters"]["tagSpecification_1"], self.objects["VolumeSnapshotClass", "ebs"]["parameters"]["tagSpecification_1"])
        self.assertIn('variable = "aws:${statement.value.tag}/Cluster"', text("terraform/iam.tf"))
        self.assertIn('s/CLUSTER_NAME/$(output name)/', text("scripts/infra/storage"))

    def test_what_is_fetched_has_a_version(self):
        crds = yaml.safe_load(text("k8s/storage/snapshots/kustomization.yaml"))["resources"]
        self.assertEqual(3, len(self.sources + crds))
        for source in self.sources + crds:
            self.assertRegex(source, r"\?ref=v\d+\.\d+\.\d+$")

    def test_the_estimate_has_the_volumes_that_each_overlay_asks_for(self):
        asked = {overlay: sum(int(c["spec"]["resources"]["requests"]["storage"].removesuffix("Gi")) * o["spec"]["replicas"]
                              for o in rendered(overlay) if o["kind"] == "StatefulSet" for c in o["spec"].get("volumeClaimTemplates", []))
                 for overlay in os.listdir(ROOT / "k8s/overlays")}
        table = re.search(r"claims_gib += \{ (.*) \}", text("terraform/modules/cost/main.tf"))[1]
        self.assertEqual(asked, {name: int(gib) for name, gib in re.findall(r"(\w+) = (\d+)", table)})


class GpuScrapeTest(unittest.TestCase):
    def setUp(self):
        self.objects = component("gpu-scrape")
        self.settings = named(self.objects, "ConfigMap")["data"]
        self.spec = named(self.objects, "Deployment")["spec"]["template"]["spec"]

    def test_each_source_has_pods_to_ask_and_a_way_to_their_port(self):
        ports = {port["port"] for rule in named(self.objects, "NetworkPolicy")["spec"]["egress"] for port in rule["ports"]}
        for source in self.settings["SOURCES"].split(","):
            self.assertRegex(self.settings[f"{source.upper()}_PODS"], r"^[a-z./]+=[a-z-]+$")
            self.assertIn(int(re.fullmatch(r"http://pod:(\d+)/metrics", self.settings[f"{source.upper()}_PODS_URL"])[1]), ports)
            self.assertIn(f"    {source.upper()}(", text("producers/src/main/java/gpuanalytics/producer/SourceKind.java"))

    def test_its_account_sees_pods_and_nothing_else(self):
        self.assertEqual([{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}], named(self.objects, "ClusterRole")["rules"])
        binding = named(self.objects, "ClusterRoleBinding")
        self.assertEqual(named(self.objects, "ClusterRole")["metadata"]["name"], binding["roleRef"]["name"])
        self.assertEqual([("app", self.spec["serviceAccountName"])], [(s["namespace"], s["name"]) for s in binding["subjects"]])
        self.assertTrue(self.spec["automountServiceAccountToken"])

    def test_what_it_has_beside_the_namespaces_is_removed_with_them(self):
        undeploy = text("scripts/k8s/undeploy")
        beside = [o for o in self.objects if "namespace" not in o.get("metadata", {"namespace": ""})]
        self.assertEqual(["ClusterRole", "ClusterRoleBinding"], [o["kind"] for o in beside])
        for o in beside:
            self.assertIn(o["kind"].lower(), undeploy)
            self.assertEqual("gpu-analytics", o["metadata"]["labels"]["app.kubernetes.io/part-of"])

    def test_it_takes_no_gpu_and_no_privilege(self):
        self.assertNotIn("runtimeClassName", self.spec)
        self.assertFalse({"hostPID", "hostNetwork", "hostIPC"} & self.spec.keys())
        self.assertEqual([], [v for v in self.spec["volumes"] if "hostPath" in v])


class PlacementTest(unittest.TestCase):
    def setUp(self):
        self.objects = component("placement")
        self.spec = named(self.objects, "Deployment")["spec"]
        self.scheduler = yaml.safe_load(text("terraform/modules/user-data/files/scheduler.yaml"))

    def test_the_scheduler_asks_the_services_own_address(self):
        service = named(self.objects, "Service")["spec"]
        for extender in self.scheduler["extenders"]:
            self.assertEqual(f"http://{service['clusterIP']}:{service['ports'][0]['port']}/scheduler", extender["urlPrefix"])
            self.assertTrue(extender["nodeCacheCapable"])

    def test_parts_of_gpus_are_given_by_it_alone_and_all_else_goes_without_it_too(self):
        advice, parts = self.scheduler["extenders"]
        self.assertEqual((True, "prioritize"), (advice["ignorable"], advice["prioritizeVerb"]))
        self.assertFalse({"filterVerb", "bindVerb", "managedResources"} & advice.keys())
        # The default scorers together differ by at most 1,200 points; a winner's ten count ten times the weight.
        self.assertGreaterEqual(advice["weight"], 13)
        self.assertEqual((False, "filter", "bind"), (parts["ignorable"], parts["filterVerb"], parts["bindVerb"]))
        java = text("placement/src/main/java/gpuanalytics/placement/watch/PodRequest.java")
        for resource in parts["managedResources"]:
            self.assertTrue(resource["ignoredByScheduler"])
            self.assertIn(f'"{resource["name"]}"', java)

    def test_there_is_never_a_second_one_that_knows_nothing_of_what_the_first_has_promised(self):
        self.assertEqual((1, "Recreate"), (self.spec["replicas"], self.spec["strategy"]["type"]))

    def test_its_account_watches_and_binds_and_does_nothing_else(self):
        rules = named(self.objects, "ClusterRole")["rules"]
        self.assertEqual([(["nodes", "pods"], ["list", "watch"]), (["pods/binding"], ["create"])], [(r["resources"], r["verbs"]) for r in rules])
        binding = named(self.objects, "ClusterRoleBinding")
        self.assertEqual([("app", self.spec["template"]["spec"]["serviceAccountName"])], [(s["namespace"], s["name"]) for s in binding["subjects"]])

    def test_it_learns_from_the_processor_and_may_ask_it(self):
        data = named(self.objects, "ConfigMap")["data"]
        processor = yaml.safe_load(text("k8s/base/app/processor/service.yaml"))
        port = processor["spec"]["ports"][0]["port"]
        self.assertEqual(f"http://{processor['metadata']['name']}.app.svc.cluster.local:{port}", data["PROCESSOR_URL"])
        self.assertEqual("true", self.spec["template"]["metadata"]["labels"]["gpu-analytics/processor-client"])
        out = named(self.objects, "NetworkPolicy")["spec"]["egress"]
        peers = [p["podSelector"]["matchLabels"] for rule in out for p in rule.get("to", []) if "namespaceSelector" not in p]
        self.assertEqual([processor["spec"]["selector"]], peers)

    def test_its_history_lies_in_a_topic_that_keeps_it_for_as_long(self):
        topic = named(self.objects, "ConfigMap")["data"]["TOPIC_POD_EVENTS"]
        self.assertEqual({"retention.ms": str(7 * 24 * 3600 * 1000)}, topics()[topic][1])

    def test_what_it_has_beside_the_namespaces_is_removed_with_them(self):
        for o in self.objects:
            if "namespace" not in o.get("metadata", {"namespace": ""}):
                self.assertEqual("gpu-analytics", o["metadata"]["labels"]["app.kubernetes.io/part-of"])


class GpuAgentTest(unittest.TestCase):
    def test_it_takes_nothing_of_its_node_but_the_devices_of_the_runtime_class(self):
        spec = named(component("gpu-agent"), "DaemonSet")["spec"]["template"]["spec"]
        self.assertEqual("nvidia", spec["runtimeClassName"])
        self.assertFalse({"hostPID", "hostNetwork", "hostIPC"} & spec.keys())
        self.assertEqual([], [v for v in spec["volumes"] if "hostPath" in v])
        security = spec["containers"][0]["securityContext"]
        self.assertEqual((False, True, ["ALL"]), (security["allowPrivilegeEscalation"], security["readOnlyRootFilesystem"], security["capabilities"]["drop"]))
        self.assertNotIn("nvidia.com/gpu", spec["containers"][0]["resources"]["limits"])


if __name__ == "__main__":
    unittest.main()
