"""What several files must say alike, or what a component's own validation would say only on a cluster that has it."""

import pathlib
import re
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


if __name__ == "__main__":
    unittest.main()
