package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.batch.Moment;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What users send, as they send it, and the numbers that they ask for. */
@Execution(ExecutionMode.CONCURRENT)
class CountsIT {

    /** The start of the hour before the last one: what is sent then is over and can be audited. */
    private final Instant hour =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(2, ChronoUnit.HOURS);

    private PipelineFixture fixture;

    @BeforeEach
    void begin() {
        fixture = PipelineFixture.withTopics();
    }

    @AfterEach
    void end() {
        fixture.close();
    }

    @Test
    void requestsThatFailedCountWhateverTheySay() throws Exception {
        usage("\"error_type\":\"overloaded_error\"");
        usage("\"error.type\":\"503\",\"gen_ai.usage.input_tokens\":null");
        usage("\"status\":\"Cancelled\",\"completion_tokens\":7");
        usage("\"status\":\"504 Gateway Timeout\"");
        usage("\"status\":529");
        usage("\"finished_reason\":\"abort\",\"prompt_tokens\":30,\"completion_tokens\":2");
        usage("\"status\":200,\"prompt_tokens\":100,\"completion_tokens\":10");
        usage("\"status\":\"stop\",\"error_type\":\"none\",\"prompt_tokens\":1");
        usage("\"status\":\"stop\""); // neither tokens nor a failure
        fixture.flush();

        try (var processor = Processor.start(fixture.config())) {
            fixture.awaitCommitted();

            var all = tokens(processor, "model=other-model");
            assertEquals(8, all.path("requests").asLong());
            assertEquals(6, all.path("errors").asLong());
            assertEquals(131, all.path("prompt_tokens").asLong());
            assertEquals(19, all.path("completion_tokens").asLong());
            assertEquals(1, processor.stats().rejected());
            assertEquals(1, fixture.deadLetters().size());
        }
    }

    @Test
    void aRequestWithoutTokensHasNoneAndNotZero() throws Exception {
        usage("\"status\":500");
        usage("\"status\":\"429\"");
        fixture.flush();

        try (var processor = Processor.start(fixture.config())) {
            fixture.awaitCommitted();

            var all = tokens(processor, "model=other-model");
            assertEquals(2, all.path("errors").asLong());
            assertTrue(all.path("prompt_tokens").isNull(), all.toString());
            assertTrue(all.path("completion_tokens").isNull(), all.toString());
        }
    }

    /** An energy counter alone, an XID that stays, and another GPU in between. */
    @Test
    void countersAreReadOnAcrossARestart() throws Exception {
        for (int i = 0; i < 4; i++) {
            sample(
                    i * 20L,
                    "GPU-e",
                    "\"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION\":" + (7_000 + i * 2500));
            sample(i * 20L, "GPU-f", "\"energy_j_total\":" + (40 - i) + ",\"xid\":63");
        }
        fixture.flush();
        try (var _ = Processor.start(fixture.config())) {
            fixture.awaitCommitted();
        }
        for (int i = 4; i < 8; i++) {
            sample(
                    i * 20L,
                    "GPU-e",
                    "\"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION\":" + (7_000 + i * 2500));
            sample(
                    i * 20L,
                    "GPU-f",
                    "\"energy_j_total\":" + (1000 + i) + ",\"xid\":" + (63 + i / 6));
        }
        fixture.flush();
        try (var processor = Processor.start(fixture.config())) {
            fixture.awaitCommitted();

            assertEquals(7 * 2.5, gpu(processor, "GPU-e").path("energy_j").asDouble(), 1e-9);
            assertTrue(gpu(processor, "GPU-e").path("xid_errors").isNull());
            // 39 + 38 + 37 after each fall, then on from 37 to 1007
            assertEquals(114 + 970, gpu(processor, "GPU-f").path("energy_j").asDouble(), 1e-9);
            assertEquals(2, gpu(processor, "GPU-f").path("xid_errors").asLong());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"DISPATCHED", "RAW_STORED", "ROLLUPS_BEGIN", "ROLLED_UP", "COMPLETED"})
    void countersAddUpWhereverItIsKilled(Moment step) throws Exception {
        fixture.with("BATCH_ROWS", "7").with("MAX_METERED_GPUS", "2");
        int samples = 60;
        for (int i = 0; i < samples; i++) {
            for (int gpu = 0; gpu < 4; gpu++) {
                sample(
                        i * 10L,
                        "GPU-k" + gpu,
                        "\"energy_j_total\":%s,\"xid\":%d"
                                .formatted(500 + i * (gpu + 0.5), i / 20 * 31));
            }
        }
        fixture.flush();
        var _ = Killing.at(fixture, step, 2);
        var _ = Killing.at(fixture, step, 4);
        var _ = Killing.at(fixture, step, 3);

        try (var processor = Processor.start(fixture.config())) {
            fixture.awaitCommitted();

            for (int gpu = 0; gpu < 4; gpu++) {
                var answer = gpu(processor, "GPU-k" + gpu);
                var shown = step + " " + answer;
                assertEquals(samples, answer.path("samples").asLong(), shown);
                assertEquals(
                        (samples - 1) * (gpu + 0.5),
                        answer.path("energy_j").asDouble(),
                        1e-6,
                        shown);
                assertEquals(2, answer.path("xid_errors").asLong(), shown);
            }
        }
        // by one that changes nothing: an hour that changes while it is audited waits for the lease
        fixture.with("AUDIT_INTERVAL_S", "1");
        try (var processor = Processor.start(fixture.config())) {
            Waiting.until(
                    "the hour to be audited",
                    PipelineFixture.LIMIT,
                    () -> Scraped.sum(processor, "rollup_audited_total") >= 4);
            assertEquals(0, Scraped.sum(processor, "rollup_drift_total"));
        }
    }

    @Test
    void aMigInstanceHasItsShareOfTheBoardOrItIsSaidThatNobodyKnows() throws Exception {
        for (int i = 0; i < 3; i++) {
            var power = "\"DCGM_FI_DEV_POWER_USAGE\":350,\"interval_s\":20,";
            sample(i * 20L, "GPU-m", power + "\"GPU_I_ID\":\"9\",\"GPU_I_PROFILE\":\"2g.20gb\"");
            sample(i * 20L, "GPU-m", power + "\"GPU_I_ID\":\"13\"");
        }
        fixture.flush();

        try (var processor = Processor.start(fixture.config())) {
            fixture.awaitCommitted();

            var known = gpu(processor, "GPU-m", "&mig_id=9");
            assertEquals(3 * 350 * 20 * 2 / 7.0, known.path("energy_j").asDouble(), 1e-5);
            assertEquals(0, known.path("energy_unknown_samples").asLong());
            var unknown = gpu(processor, "GPU-m", "&mig_id=13");
            assertTrue(unknown.path("energy_j").isNull(), unknown.toString());
            assertEquals(3, unknown.path("energy_unknown_samples").asLong());
            assertEquals(350, unknown.path("power_w").path("mean").asDouble());
        }
    }

    private void usage(String members) {
        var record = "{\"ts\":\"%s\",\"model\":\"other-model\",%s}".formatted(hour, members);
        fixture.send(EventTopic.TOKEN_USAGE, 1, record.getBytes(UTF_8));
    }

    private void sample(long second, String uuid, String members) {
        var record =
                "{\"ts\":\"%s\",\"Hostname\":\"node-8\",\"UUID\":\"%s\",\"modelName\":\"NVIDIA H100\",%s}"
                        .formatted(hour.plusSeconds(second), uuid, members);
        fixture.send(EventTopic.GPU_METRICS, 3, record.getBytes(UTF_8));
    }

    private JsonNode tokens(Processor processor, String filter) throws Exception {
        return only(processor, "/tokens?step=total&" + filter, "rows");
    }

    private JsonNode gpu(Processor processor, String uuid) throws Exception {
        return gpu(processor, uuid, "");
    }

    private JsonNode gpu(Processor processor, String uuid, String more) throws Exception {
        return only(processor, "/gpus/" + uuid + "/series?step=total" + more, "points");
    }

    /** The one row of the answer for the hour, once there is one. */
    private JsonNode only(Processor processor, String path, String rows) throws Exception {
        var window = "&from=%s&to=%s".formatted(text(hour), text(hour.plus(1, ChronoUnit.HOURS)));
        var answer = new AtomicReference<JsonNode>();
        Waiting.until(
                "an answer to " + path,
                PipelineFixture.LIMIT,
                () -> {
                    answer.set(get(processor, path + window));
                    return answer.get().path(rows).size() > 0;
                });
        assertEquals(1, answer.get().path(rows).size(), answer.toString());
        return answer.get().path(rows).get(0);
    }

    private static String text(Instant time) {
        return URLEncoder.encode(time.toString(), UTF_8);
    }

    private static JsonNode get(Processor processor, String path)
            throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var uri = "http://127.0.0.1:%d%s".formatted(processor.httpPort(), path);
            var answer =
                    http.send(
                            HttpRequest.newBuilder(URI.create(uri)).build(),
                            HttpResponse.BodyHandlers.ofString());
            return new ObjectMapper().readTree(answer.body());
        }
    }
}
