package gpuanalytics.placement.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gpuanalytics.service.kubernetes.JsonItem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Pods and nodes as the API writes them. */
class PodStateTest {

    private static PodState pod(String annotations, String spec) throws IOException {
        return PodState.of(
                JsonItem.parse(
                        """
                        {"metadata":{"uid":"u1","namespace":"ml","name":"p","annotations":{%s}},
                         "spec":{%s},"status":{"phase":"Pending"}}
                        """
                                .formatted(annotations, spec)
                                .getBytes(UTF_8)));
    }

    private static String container(String requests) {
        return "{\"name\":\"c\",\"resources\":{\"requests\":{%s}}}".formatted(requests);
    }

    private static PodRequest request(String requests) throws IOException {
        var pod = pod("", "\"containers\":[%s]".formatted(container(requests)));
        assertEquals("", pod.refusal());
        return pod.request();
    }

    @Test
    void wholeGpusOfAllContainersAreAskedFor() throws IOException {
        var pod =
                pod(
                        "",
                        """
                        "containers":[%s,%s],"initContainers":[%s]
                        """
                                .formatted(
                                        container(
                                                "\"cpu\":\"1500m\",\"memory\":\"1Gi\",\"nvidia.com/gpu\":\"2\""),
                                        container("\"cpu\":2,\"nvidia.com/gpu\":1"),
                                        container("\"cpu\":\"8\"")));

        assertEquals(new PodRequest(8000, 1024, 3, 1000, 0, ""), pod.request());
    }

    @Test
    void slicesByHamisNamesAreOfOneGpu() throws IOException {
        assertEquals(
                new PodRequest(0, 0, 1, 300, 4000, ""),
                request("\"nvidia.com/gpumem\":\"4000\",\"nvidia.com/gpucores\":\"30\""));
        // without memory it is all of the GPU's memory, and so all of the GPU
        assertEquals(
                new PodRequest(0, 0, 2, 1000, 0, ""),
                request("\"nvidia.com/gpu\":\"2\",\"nvidia.com/gpucores\":\"30\""));
    }

    @Test
    void slicesByOpenbsNamesAreResourcesOrAnnotations() throws IOException {
        assertEquals(
                new PodRequest(0, 0, 1, 470, 0, ""), request("\"alibabacloud.com/gpu-milli\":470"));
        assertEquals(
                new PodRequest(0, 0, 4, 1000, 0, ""),
                request("\"alibabacloud.com/gpu-count\":\"4\""));
        assertEquals(
                new PodRequest(0, 0, 2, 500, 0, "T4|P100"),
                pod(
                                """
                                "alibabacloud.com/gpu-milli":"500","alibabacloud.com/gpu-count":"2",
                                "alibabacloud.com/gpu-card-model":"T4|P100"
                                """,
                                "\"containers\":[%s]".formatted(container("")))
                        .request());
    }

    @Test
    void whatCannotBeMetIsRefusedInOneLine() throws IOException {
        var part = container("\"alibabacloud.com/gpu-milli\":470");
        assertEquals(
                "the pod has spec.resourceClaims, whose devices an extender does not see; expected"
                        + " GPUs as resources, such as nvidia.com/gpu",
                pod("", "\"resourceClaims\":[{\"name\":\"gpu\"}],\"containers\":[]").refusal());
        assertEquals(
                "2 containers ask for a part of a GPU, expected one",
                pod("", "\"containers\":[%s,%s]".formatted(part, part)).refusal());
        assertEquals(
                "alibabacloud.com/gpu-milli is 1500, expected 1 to 1000 of each GPU, and the number"
                        + " of GPUs in alibabacloud.com/gpu-count",
                pod(
                                "",
                                "\"containers\":[%s]"
                                        .formatted(
                                                container("\"alibabacloud.com/gpu-milli\":1500")))
                        .refusal());
        assertEquals(
                "nvidia.com/gpu is many, expected a number from 0 to 1073741823",
                pod("", "\"containers\":[%s]".formatted(container("\"nvidia.com/gpu\":\"many\"")))
                        .refusal());
    }

    @Test
    void whatIsRefusedTakesItsGpusWhereAnotherPlacesIt() throws IOException {
        var whole = container("\"cpu\":\"2\",\"nvidia.com/gpu\":\"2\"");
        var part = container("\"alibabacloud.com/gpu-milli\":470");

        var claims =
                pod("", "\"resourceClaims\":[{\"name\":\"nic\"}],\"containers\":[" + whole + "]");
        assertEquals(new PodRequest(2000, 0, 2, 1000, 0, ""), claims.request());
        assertFalse(claims.refusal().isEmpty());
        assertEquals(
                new PodRequest(0, 0, 1, 1000, 0, ""),
                pod("", "\"containers\":[%s,%s]".formatted(part, part)).request());
        assertEquals(
                new PodRequest(0, 0, 0, 0, 0, ""),
                pod("", "\"resourceClaims\":[{\"name\":\"nic\"}],\"containers\":[]").request());
    }

    @Test
    void whatOneDeploymentOrCronJobMakesIsOneWorkload() throws IOException {
        assertEquals("ReplicaSet/web", owned("ReplicaSet", "web-7d4b9c6f5d"));
        assertEquals("ReplicaSet/web-7d", owned("ReplicaSet", "web-7d"));
        assertEquals("Job/backup", owned("Job", "backup-29012345"));
        assertEquals("Job/train-7", owned("Job", "train-7"));
        assertEquals("StatefulSet/db-29012345", owned("StatefulSet", "db-29012345"));
    }

    @Test
    void labelsAndTheContainerWithTheGpuSayWhoseItIsAndWhatItRuns() throws IOException {
        var json =
                """
                {"metadata":{"name":"p","labels":{"team":"search","gpu-analytics/team":"ads","model":"llama"}},
                 "spec":{"containers":[{"name":"proxy","image":"envoy:1"},
                  {"name":"c","image":"vllm:2","resources":{"limits":{"nvidia.com/gpu":"1"}}}]}}
                """;
        var marks = PodState.of(JsonItem.parse(json.getBytes(UTF_8))).marks();

        assertEquals(new PodMarks("ads", "llama", "vllm:2"), marks);
        assertEquals(PodMarks.NONE, pod("", "").marks());
        assertEquals("a:1", pod("", "\"containers\":[{\"image\":\"a:1\"}]").marks().image());
    }

    private static String owned(String kind, String owner) throws IOException {
        var json =
                """
                {"metadata":{"name":"p","ownerReferences":[{"kind":"%s","name":"%s"}]}}
                """
                        .formatted(kind, owner);
        return PodState.of(JsonItem.parse(json.getBytes(UTF_8))).workload();
    }

    @Test
    void gpusThatWereGivenAreASet() {
        assertEquals(0b1001, PodState.gpus("0-3"));
        assertEquals(0b10, PodState.gpus("1"));
        assertEquals(0, PodState.gpus(""));
        assertEquals(0, PodState.gpus("GPU-0f3a"));
        assertEquals(0, PodState.gpus("64"));
        assertEquals("0-3", PodState.index(0b1001));
        assertEquals("", PodState.index(0));
    }

    @Test
    void quantitiesAreReadAsKubernetesWritesThem() {
        assertEquals(
                List.of("0.5", "2", "17179869184", "1000", "1000000000"),
                List.of("500m", "2", "16Gi", "1e3", "1G").stream()
                        .map(Quantity::parse)
                        .map(Optional::orElseThrow)
                        .map(number -> number.stripTrailingZeros().toPlainString())
                        .toList());
        for (var bad : List.of("", "m", "1 Gi", "1.2.3", "0x10", "5Mb")) {
            assertEquals(Optional.empty(), Quantity.parse(bad), bad);
        }
    }

    @Test
    void aNodesGpusAreThoseThatItHasAndNotHowOftenTheyAreOffered() throws IOException {
        var node =
                NodeState.of(
                        JsonItem.parse(
                                """
                                {"metadata":{"name":"n","labels":{"nvidia.com/gpu.count":"8",
                                  "nvidia.com/gpu.memory":"24576","nvidia.com/gpu.product":"A10"}},
                                 "status":{"allocatable":{"cpu":"95500m","memory":"1048576Ki",
                                  "nvidia.com/gpu":"80"}}}
                                """
                                        .getBytes(UTF_8)));

        assertEquals(new NodeState("n", 95_500, 1024, 8, "A10", 24_576), node);
    }
}
