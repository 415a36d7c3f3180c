package gpuanalytics.producer.receive;

import static gpuanalytics.producer.receive.DoorFixture.LETTERS;
import static gpuanalytics.producer.receive.DoorFixture.SAMPLES;
import static gpuanalytics.producer.receive.DoorFixture.USAGES;
import static gpuanalytics.producer.receive.DoorFixture.text;
import static gpuanalytics.producer.receive.DoorFixture.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.producer.receive.prometheus.Writes;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xerial.snappy.Snappy;

/** Remote write of a whole producer over a real broker. */
@Timeout(300)
class RemoteWriteIT {

    private static EmbeddedBroker broker;
    private static DoorFixture doors;

    private final long now = Instant.now().toEpochMilli();

    @BeforeAll
    static void start() throws Exception {
        broker = DoorFixture.withTopics(EmbeddedBroker.start());
        doors =
                new DoorFixture(
                                broker.bootstrapServers(),
                                Map.of(
                                        "DOOR_WRITE_USAGE", "true",
                                        "DOOR_MAX_BYTES", "1 MiB",
                                        "DOOR_MAX_MESSAGE_BYTES", "1 MiB"))
                        .awaitReady();
    }

    @AfterAll
    static void stop() {
        doors.close();
        broker.close();
    }

    private static HttpResponse<byte[]> write(DoorFixture to, byte[] body) throws Exception {
        return to.post(
                "/api/v1/write",
                body,
                "content-type",
                "application/x-protobuf",
                "content-encoding",
                "snappy",
                "x-prometheus-remote-write-version",
                "0.1.0");
    }

    private static HttpResponse<byte[]> write(byte[] body) throws Exception {
        return write(doors, body);
    }

    private Writes sample(String uuid, double percent) {
        return new Writes()
                .add(
                        "DCGM_FI_DEV_GPU_UTIL",
                        Map.of("UUID", uuid, "instance", "node-1:9400"),
                        now,
                        percent);
    }

    @Test
    void whatIsInKafkaIsAnsweredWithNothing() throws Exception {
        var answer = write(sample("GPU-written", 50).compressed());

        assertEquals(204, answer.statusCode(), text(answer));
        assertEquals(0, answer.body().length);
        var samples = texts(broker.bootstrapServers(), SAMPLES, "GPU-written");
        assertEquals(1, samples.size());
        assertTrue(samples.getFirst().contains("\"utilization\":0.5"), samples.getFirst());
    }

    @Test
    void countersCountOnceHoweverOftenARequestComes() throws Exception {
        var labels = Map.of("model_name", "written-model", "instance", "i");
        var first = new Writes().add("vllm:prompt_tokens_total", labels, now - 2000, 10);
        var second = new Writes().add("vllm:prompt_tokens_total", labels, now - 1000, 30);

        for (var request : Arrays.asList(first, first, second, second)) {
            assertEquals(204, write(request.compressed()).statusCode());
        }

        var usages = texts(broker.bootstrapServers(), USAGES, "written-model");
        assertEquals(1, usages.size());
        assertTrue(usages.getFirst().contains("\"prompt_tokens\":20"), usages.getFirst());
    }

    @Test
    void whatIsRefusedIsSaidAndKeptAndIsNotToComeAgain() throws Exception {
        var answer =
                write(
                        sample("GPU-beside-bad", 40)
                                .add(
                                        "DCGM_FI_DEV_GPU_UTIL",
                                        Map.of("UUID", "GPU-of-long-ago", "instance", "n"),
                                        1000,
                                        1)
                                .compressed());

        assertEquals(400, answer.statusCode());
        assertTrue(text(answer).contains("1 of 2 events refused"), text(answer));
        assertEquals(1, texts(broker.bootstrapServers(), SAMPLES, "GPU-beside-bad").size());
        assertEquals(1, texts(broker.bootstrapServers(), LETTERS, "GPU-of-long-ago").size());
    }

    @Test
    void aBodyThatIsNoneIsRefusedAndOneThatWouldBecomeTooLargeIsNotMade() throws Exception {
        var good = sample("GPU-cut", 50).compressed();

        assertEquals(400, write(Snappy.compress(new byte[] {10, 99, 1})).statusCode());
        assertEquals(400, write(Arrays.copyOf(good, good.length - 3)).statusCode());
        assertEquals(400, write(new byte[] {-1, -1, -1, -1, -1, -1}).statusCode());
        assertEquals(413, write(Snappy.compress(new byte[4 << 20])).statusCode());
        // a block that says 4 GiB in five bytes
        assertEquals(413, write(new byte[] {-1, -1, -1, -1, 15, 0}).statusCode());
        var plain = doors.post("/api/v1/write", good, "content-type", "application/x-protobuf");
        assertEquals(415, plain.statusCode());
        var later =
                doors.post(
                        "/api/v1/write",
                        good,
                        "content-type",
                        "application/x-protobuf;proto=io.prometheus.write.v2.Request",
                        "content-encoding",
                        "snappy");
        assertEquals(415, later.statusCode(), text(later));
        doors.awaitEmpty();
    }

    @Test
    void whileKafkaIsAwayItIsToComeAgain() throws Exception {
        try (var away = new DoorFixture("127.0.0.1:1", Map.of())) {
            var answer = write(away, sample("GPU-away", 50).compressed());

            assertEquals(503, answer.statusCode());
            assertEquals("2", answer.headers().firstValue("retry-after").orElse(""));
        }
    }
}
