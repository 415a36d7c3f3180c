package gpuanalytics.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuanalytics.event.EventTopic;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The inputs that users reported about pipelines of this kind, as they were written down beside the
 * project: all sent to one run by a Kafka client, then asked about by HTTP. The tests of each kind
 * stand beside the code; this one says that the reports themselves come out right. Skipped where
 * the folder is absent.
 */
final class CasesIT {

    private static final Path CASES = Path.of("..", "..", "shared", "cases");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static PipelineFixture fixture;
    private static Processor processor;

    @BeforeAll
    static void sendAll() throws Exception {
        assumeTrue(Files.isDirectory(CASES), "no folder " + CASES);
        fixture = PipelineFixture.withTopics();
        try (var files = Files.list(CASES)) {
            // samples first, as a GPU is known before it is used
            for (var file :
                    files.filter(each -> each.toString().endsWith(".jsonl")).sorted().toList()) {
                send(file);
            }
        }
        fixture.flush();
        processor = Processor.start(fixture.config());
        fixture.awaitCommitted();
    }

    @AfterAll
    static void stop() {
        if (processor != null) {
            processor.close();
            fixture.close();
        }
    }

    private static void send(Path file) throws IOException {
        var topic =
                file.toString().endsWith(".gpu.jsonl")
                        ? EventTopic.GPU_METRICS
                        : EventTopic.TOKEN_USAGE;
        for (var line : Files.readAllLines(file)) {
            fixture.send(topic, 0, line.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static HttpResponse<String> get(String pathAndQuery) throws Exception {
        var uri = URI.create("http://127.0.0.1:%d%s".formatted(processor.httpPort(), pathAndQuery));
        return HTTP.send(
                HttpRequest.newBuilder(uri).header("accept", "application/json").build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** The rows of a project, grouped. */
    private static List<Document> rows(String project, String more) throws Exception {
        var answer =
                get(
                        "/tokens?from=2026-10-01T00:00:00Z&to=2026-11-27T00:00:00Z&project=%s%s"
                                .formatted(
                                        URLEncoder.encode(project, StandardCharsets.UTF_8), more));
        assertEquals(200, answer.statusCode(), answer.body());
        return Document.parse(answer.body()).getList("rows", Document.class);
    }

    private static Document whole(String project) throws Exception {
        var rows = rows(project, "");
        assertEquals(1, rows.size(), rows.toString());
        return rows.getFirst();
    }

    private static void assertCounts(
            String project, long requests, long errors, long prompt, long completion)
            throws Exception {
        var row = whole(project);
        assertEquals(requests, number(row, "requests"), row.toString());
        assertEquals(errors, number(row, "errors"), row.toString());
        assertEquals(prompt, number(row, "prompt_tokens"), row.toString());
        assertEquals(completion, number(row, "completion_tokens"), row.toString());
    }

    private static long number(Document row, String name) {
        return row.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** What a GPU's samples say over all of the time. */
    private static Document gpu(String id, String more) throws Exception {
        var answer =
                get(
                        "/gpus/%s/series?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z&step=total%s"
                                .formatted(id, more));
        assertEquals(200, answer.statusCode(), answer.body());
        var points = Document.parse(answer.body()).getList("points", Document.class);
        assertEquals(1, points.size(), answer.body());
        return points.getFirst();
    }

    private static double mean(Document point, String reading) {
        return point.get(reading, Document.class).get("mean") instanceof Number mean
                ? mean.doubleValue()
                : Double.NaN;
    }

    @Test
    void theLaterWordAboutARequestCounts() throws Exception {
        assertCounts("c01", 1, 0, 1200, 340);
    }

    @Test
    void aFailedAttemptBeforeASuccessIsAnErrorOfOneRequest() throws Exception {
        assertCounts("c43", 1, 1, 2900, 310);
    }

    @Test
    void anIdThatTwoRequestsShareLosesNeither() throws Exception {
        assertCounts("c03", 2, 0, 5100, 920);
        var byUser = rows("c03", "&group_by=user");
        assertEquals(
                List.of("alice", "bob"), byUser.stream().map(r -> r.getString("user")).toList());
        assertEquals(
                List.of(100L, 5000L),
                byUser.stream().map(r -> number(r, "prompt_tokens")).toList());
    }

    @Test
    void readingsOfOneMomentMeetInOneSample() throws Exception {
        var point = gpu("GPU-30b", "");
        assertEquals(1, number(point, "samples"));
        assertEquals(0.35, mean(point, "utilization"), 1e-9);
        assertEquals(410.5, mean(point, "power_w"), 1e-9);
        assertEquals(40_000.0 * (1 << 20), mean(point, "mem_used_bytes"), 1);
    }

    @Test
    void aSlicedGpuCountsOnceAndKeepsItsPods() throws Exception {
        assertEquals(1, number(gpu("GPU-36", ""), "samples"));
        var info = get("/gpu/info?max_age=10000d").body();
        for (int pod = 1; pod <= 3; pod++) {
            assertTrue(info.contains("gpu-workload-" + pod), info);
        }
    }

    @Test
    void aUsageMeetsItsGpuByAnotherName() throws Exception {
        var rows = rows("c38", "&group_by=gpu");
        assertEquals(1, rows.size(), rows.toString());
        assertEquals("GPU-38", rows.getFirst().getString("gpu"));
    }

    @Test
    void aRatioAboveOneCostsNoSample() throws Exception {
        var point = gpu("GPU-32", "&mig_id=1");
        assertEquals(2, number(point, "samples"));
        assertEquals(0.122, mean(point, "dram_active"), 1e-9);
        assertEquals(1, mean(point, "tensor_active"), 1e-9);
        assertNull(point.get("sm_active", Document.class).get("mean"));
    }

    @Test
    void anXidThatStaysIsOneError() throws Exception {
        assertEquals(1, number(gpu("GPU-35", ""), "xid_errors"));
    }

    @Test
    void energyComesFromItsCounter() throws Exception {
        assertEquals(9000, number(gpu("GPU-39", ""), "energy_j"));
    }

    @Test
    void failuresWithoutUsageAreRequests() throws Exception {
        assertCounts("c11", 6, 6, 0, 0);
    }

    @Test
    void reasoningBesideTheCompletionIsAdded() throws Exception {
        // the provider counts it beside in both: 1 + 386, and 400 + 386
        assertCounts("c06", 2, 0, 24, 1173);
    }

    @Test
    void olderNamesAreUnderstood() throws Exception {
        var row = whole("c09");
        assertEquals(3, number(row, "requests"));
        assertEquals(3000, number(row, "prompt_tokens"));
        assertEquals(1800, number(row, "cached_prompt_tokens"));
        assertEquals("m09", rows("c09", "&group_by=model").getFirst().getString("model"));
    }

    @Test
    void namesOfProvidersAreUnderstoodAndATotalAloneIsRefused() throws Exception {
        var row = whole("c08");
        assertEquals(2, number(row, "requests"));
        assertEquals(160, number(row, "completion_tokens"));
        assertTrue(
                letters().stream().anyMatch(each -> each.contains("total_tokens")),
                letters().toString());
    }

    @Test
    void timesAreUnderstoodAndOneWithoutAZoneIsRefused() throws Exception {
        assertEquals(12, number(whole("c23"), "requests"), letters().toString());
        assertTrue(
                letters().stream().anyMatch(each -> each.contains("zone")), letters().toString());
    }

    @Test
    void aSampleOfPrometheusIsUnderstood() throws Exception {
        assertEquals(0.35, mean(gpu("GPU-30", ""), "utilization"), 1e-9);
    }

    @Test
    void theNamesOfAmdsExporterAreUnderstood() throws Exception {
        var point = gpu("n45%2F0", "");
        assertEquals(0.97, mean(point, "utilization"), 1e-9);
        assertEquals(740, mean(point, "power_w"), 1e-9);
    }

    @Test
    void aTableIsSafeForASpreadsheet() throws Exception {
        var csv =
                get("/tokens?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z&project=c15&group_by=model,user&format=csv")
                        .body();
        try (var lines = CSVParser.parse(csv, CSVFormat.RFC4180)) {
            for (var line : lines) {
                for (var cell : line) {
                    assertFalse(cell.matches("(?s)[-=+@\t].*"), cell);
                }
            }
        }
        assertCounts("c15", 5, 0, 5, 0);
    }

    @Test
    void aSemicolonInAQuestionIsRefused() throws Exception {
        var answer =
                get(
                        "/tokens?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z&group_by=model;team");
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains(";"), answer.body());
        assertCounts("c47", 3, 0, 1203, 0);
    }

    @Test
    void commasAreAlternatives() throws Exception {
        var answer = get("/tokens?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z&model=m47,m15");
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(
                7,
                number(
                        Document.parse(answer.body()).getList("rows", Document.class).getFirst(),
                        "requests"));
    }

    @Test
    void daysWeeksAndMonthsAreLocal() throws Exception {
        assertEquals(
                10,
                prompt(
                        "project=c48&from=2026-11-20T00:00:00%2B05:30&to=2026-11-21T00:00:00%2B05:30&tz=Asia/Kolkata&step=1d"));
        assertEquals(
                100,
                prompt(
                        "project=c48m&from=2026-11-01T00:00:00%2B05:30&to=2026-12-01T00:00:00%2B05:30&tz=Asia/Kolkata&step=1mo"));
        assertEquals(
                10,
                prompt("project=c48w&from=2026-11-16T00:00:00Z&to=2026-11-23T00:00:00Z&step=7d"));
    }

    private static long prompt(String query) throws Exception {
        var answer = get("/tokens?" + query);
        assertEquals(200, answer.statusCode(), answer.body());
        var rows = Document.parse(answer.body()).getList("rows", Document.class);
        return rows.stream().mapToLong(row -> number(row, "prompt_tokens")).sum();
    }

    /** What dead letters say of why. */
    private static List<String> letters() throws Exception {
        return fixture.deadLetters().stream()
                .map(
                        letter -> {
                            var text = new StringBuilder();
                            letter.headers()
                                    .forEach(
                                            header ->
                                                    text.append(
                                                                    new String(
                                                                            header.value(),
                                                                            StandardCharsets.UTF_8))
                                                            .append(' '));
                            return text.toString();
                        })
                .toList();
    }
}
