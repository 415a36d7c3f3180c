package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.event.EventTopic;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Samples and usages that name one GPU differently meet in every answer, as they are sent. */
class GpuNamesFlowIT {

    private static final String DAY = "from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z";

    private PipelineFixture fixture;
    private Processor processor;
    private int sent;

    @BeforeEach
    void start() {
        fixture = PipelineFixture.withTopics();
        processor = Processor.start(fixture.config());
    }

    @AfterEach
    void stop() {
        processor.close();
        fixture.close();
    }

    @Test
    void aUsageBelongsToTheGpuHoweverItNamesIt() throws Exception {
        // the usage comes before the first sample
        usage("2026-03-02T08:59:10Z", "'host':'ant','gpu_index':3", 5);
        settle();
        sample("2026-03-02T09:00:00Z", "'host':'ant','gpu_index':3,'gpu_uuid':'GPU-7a'", 40);
        sample("2026-03-02T09:00:30Z", "'host':'bee','gpu_index':3,'gpu_uuid':'GPU-9c'", 90);
        settle();
        usage("2026-03-02T09:00:10Z", "'host':'ant','gpu_index':3", 100);
        usage("2026-03-02T09:00:20Z", "'gpu_uuid':'GPU-7a'", 1000);
        usage("2026-03-02T09:00:20Z", "'host':'bee','gpu_index':3", 7);
        usage("2026-03-02T09:00:20Z", "'host':'bee','gpu_index':4", 60_000);
        usage("2026-03-02T09:00:20Z", "'team':'no gpu'", 200_000);
        settle();

        var answer = json("/tokens?group_by=gpu&" + DAY);

        assertEquals(
                "{GPU-7a=1105 true, GPU-9c=7 true, bee/4=60000 false, null=200000 null}",
                tokensByGpu(answer));
        assertEquals("[\"bee/4\"]", answer.path("unknown_gpus").toString());
        assertEquals("[]", answer.path("folded").toString());
        for (var name : new String[] {"GPU-7a", "ant%2F3"}) {
            var filtered = json("/tokens?gpu=" + name + "&" + DAY);
            assertEquals(1105, filtered.at("/totals/prompt_tokens").asLong(), name);
            assertEquals(3, filtered.at("/totals/requests").asLong(), name);
            var series = json("/gpus/" + name + "/series?step=1h&" + DAY);
            assertEquals(1, series.path("points").size(), series::toString);
            assertEquals(0.4, series.at("/points/0/utilization/mean").asDouble(), 1e-9, name);
        }
        assertEquals(0, json("/tokens?gpu=ant%2F4&" + DAY).at("/totals/requests").asLong());
        // ordered and cut by what a GPU has under all of its names
        var most = json("/tokens?group_by=gpu&limit=1&order=requests:desc&" + DAY);
        assertEquals("{GPU-7a=1105 true}", tokensByGpu(most));
        assertEquals(3, most.at("/rest/rows").asLong());
        assertEquals(260_007, most.at("/rest/prompt_tokens").asLong());
    }

    @Test
    void aGpuShowsWhatItWasUsedFor() throws Exception {
        sample("2026-03-02T09:10:00Z", "'host':'cod','gpu_index':0,'gpu_uuid':'GPU-1'", 10);
        sample("2026-03-02T09:10:00Z", "'host':'dab','gpu_index':0,'gpu_uuid':'GPU-2'", 10);
        usage("2026-03-02T09:01:00Z", "'host':'cod','gpu_index':0", 30);
        usage("2026-03-02T09:59:00Z", "'gpu_uuid':'GPU-1','error_type':'timeout'", 4);
        usage("2026-03-02T08:59:00Z", "'gpu_uuid':'GPU-1'", 1000); // another hour
        settle();

        var gpus = json("/gpu/info" + ALL_AGES).path("gpus");

        assertEquals("GPU-1", gpus.at("/0/gpu").asText());
        assertEquals("2026-03-02T09:00:00Z", gpus.at("/0/usage_hour").asText());
        assertEquals(2, gpus.at("/0/requests").asLong());
        assertEquals(1, gpus.at("/0/errors").asLong());
        assertEquals(34, gpus.at("/0/prompt_tokens").asLong());
        assertEquals(0, gpus.at("/1/requests").asLong(-1));
        assertFalse(gpus.path(1).has("prompt_tokens"), "absent is not zero");
    }

    @Test
    void aGpuThatHadNoUuidAtFirstIsOneGpu() throws Exception {
        sample("2026-03-02T09:00:00Z", "'host':'eel','gpu_index':1", 20);
        usage("2026-03-02T09:00:00Z", "'host':'eel','gpu_index':1", 1);
        settle();
        assertEquals("{eel/1=1 true}", tokensByGpu(json("/tokens?group_by=gpu&" + DAY)));

        sample("2026-03-02T09:05:00Z", "'host':'eel','gpu_index':1,'gpu_uuid':'GPU-ee'", 60);
        usage("2026-03-02T09:05:00Z", "'gpu_uuid':'GPU-ee'", 10);
        settle();

        assertEquals("{GPU-ee=11 true}", tokensByGpu(json("/tokens?group_by=gpu&" + DAY)));
        var points = json("/gpus/GPU-ee/series?step=1h&" + DAY).path("points");
        assertEquals(2, points.at("/0/samples").asLong());
        assertEquals(0.4, points.at("/0/utilization/mean").asDouble(), 1e-9);
        var gpus = json("/gpu/info" + ALL_AGES).path("gpus");
        assertEquals(1, gpus.size(), gpus::toString);
        assertEquals("GPU-ee", gpus.at("/0/gpu").asText());
        assertEquals("2026-03-02T09:05:00Z", gpus.at("/0/ts").asText());
    }

    @Test
    void aReplacedCardTakesWhatComesAfterIt() throws Exception {
        sample("2026-03-02T06:00:00Z", "'host':'fox','gpu_index':2,'gpu_uuid':'GPU-old'", 10);
        sample("2026-03-02T15:30:20Z", "'host':'fox','gpu_index':2,'gpu_uuid':'GPU-new'", 30);
        settle();
        usage("2026-03-02T06:00:00Z", "'host':'fox','gpu_index':2", 1);
        usage("2026-03-02T14:59:59Z", "'host':'fox','gpu_index':2", 20);
        usage("2026-03-02T15:30:40Z", "'host':'fox','gpu_index':2", 300);
        usage("2026-03-02T23:00:00Z", "'host':'fox','gpu_index':2", 4000);
        settle();

        var minutes = json("/tokens?group_by=gpu&step=1m&gpu=GPU-new&" + DAY);
        assertEquals(4300, minutes.at("/totals/prompt_tokens").asLong());
        assertEquals(21, total("gpu=GPU-old&step=1m"));
        // the slot is what was in it
        assertEquals(4321, total("gpu=fox%2F2&step=1m"));
        assertEquals(4321, total("gpu=fox%2F2&gpu=GPU-old&step=1m"));
        var slot = json("/gpus/fox%2F2/series?step=1m&" + DAY).path("points");
        assertEquals(2, slot.size(), slot::toString);
        assertEquals(1, json("/gpus/GPU-new/series?step=1m&" + DAY).path("points").size());
    }

    @Test
    void aMigInstanceIsPartOfItsGpu() throws Exception {
        var card = "'host':'gnu','gpu_index':0,'gpu_uuid':'GPU-g'";
        sample("2026-03-02T09:00:00Z", card + ",'mig_id':'MIG-g1'", 10);
        sample("2026-03-02T09:00:00Z", card + ",'mig_id':'5'", 50);
        sample("2026-03-02T09:00:00Z", "'host':'gnu','gpu_index':0,'gpu_uuid':'MIG-g2'", 80);
        settle();
        usage("2026-03-02T09:00:00Z", "'gpu_uuid':'MIG-g1'", 1);
        usage("2026-03-02T09:00:00Z", "'gpu_uuid':'MIG-g2'", 20);
        usage("2026-03-02T09:00:00Z", "'gpu_uuid':'MIG-GPU-g/5/0'", 300);
        usage("2026-03-02T09:00:00Z", "'host':'gnu','gpu_index':0", 4000);
        settle();

        assertEquals("{GPU-g=4321 true}", tokensByGpu(json("/tokens?group_by=gpu&" + DAY)));
        assertEquals(1, total("gpu=MIG-g1"));
        assertEquals(4321, total("gpu=GPU-g"));
        assertEquals(0.1, meanUtilization("MIG-g1"), 1e-9);
        assertEquals(0.8, meanUtilization("MIG-g2"), 1e-9);
        // no sample of the whole card has come, and what its parts report is none
        assertEquals(404, get("/gpus/GPU-g/series?step=1h&" + DAY).statusCode());
    }

    @Test
    void csvAndItsHeaderSayTheSame() throws Exception {
        usage("2026-03-02T09:00:00Z", "'host':'hen','gpu_index':0", 1);
        settle();

        var csv = get("/tokens?group_by=gpu&" + DAY, "accept", "text/csv");

        assertTrue(csv.body().lines().findFirst().orElse("").contains("folded,gpu_known"));
        assertTrue(csv.body().lines().toList().get(1).contains("hen/0"), csv.body());
        assertTrue(csv.body().lines().toList().get(1).endsWith(",false"), csv.body());
        assertEquals(
                "folded=; unknown_gpus=1", csv.headers().firstValue("answer-notes").orElse("none"));
    }

    private static final String ALL_AGES = "?max_age=all";

    private double meanUtilization(String gpu) throws Exception {
        return json("/gpus/" + gpu + "/series?step=1h&" + DAY)
                .at("/points/0/utilization/mean")
                .asDouble();
    }

    private long total(String question) throws Exception {
        return json("/tokens?" + question + "&" + DAY).at("/totals/prompt_tokens").asLong();
    }

    private static String tokensByGpu(JsonNode answer) {
        var tokens = new TreeMap<String, String>();
        for (var row : answer.path("rows")) {
            var before =
                    tokens.put(
                            row.path("gpu").asText(),
                            row.path("prompt_tokens").asLong() + " " + row.path("gpu_known"));
            assertEquals(null, before, "one row per GPU: " + answer);
        }
        return tokens.toString();
    }

    private void sample(String ts, String fields, int percent) {
        send(
                EventTopic.GPU_METRICS,
                "'ts':'%s','name':'NVIDIA H100',%s,'utilization':%s"
                        .formatted(ts, fields, percent / 100.0));
    }

    private void usage(String ts, String fields, int tokens) {
        send(
                EventTopic.TOKEN_USAGE,
                "'ts':'%s','model':'llama',%s,'prompt_tokens':%d".formatted(ts, fields, tokens));
    }

    private void send(EventTopic topic, String fields) {
        var json = "{" + fields.replace('\'', '"') + "}";
        fixture.send(topic, sent++ % PipelineFixture.PARTITIONS, json.getBytes(UTF_8));
    }

    private void settle() throws Exception {
        fixture.flush();
        fixture.awaitCommitted();
    }

    private JsonNode json(String path) throws Exception {
        var answer = get(path);
        assertEquals(200, answer.statusCode(), path + ": " + answer.body());
        return new ObjectMapper().readTree(answer.body());
    }

    private HttpResponse<String> get(String path, String... headers)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + processor.httpPort() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }
}
