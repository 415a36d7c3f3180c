package gpuanalytics.producer.receive;

import static gpuanalytics.producer.receive.DoorFixture.LETTERS;
import static gpuanalytics.producer.receive.DoorFixture.SAMPLES;
import static gpuanalytics.producer.receive.DoorFixture.USAGES;
import static gpuanalytics.producer.receive.DoorFixture.gzip;
import static gpuanalytics.producer.receive.DoorFixture.header;
import static gpuanalytics.producer.receive.DoorFixture.read;
import static gpuanalytics.producer.receive.DoorFixture.text;
import static gpuanalytics.producer.receive.DoorFixture.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.service.config.ConfigurationException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /v1/events} of a whole producer over a real broker. */
@Timeout(300)
class EventsDoorIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PATH = "/v1/events";
    private static final int MIB = 1 << 20;

    private static EmbeddedBroker broker;
    private static DoorFixture doors;

    @TempDir Path directory;

    @BeforeAll
    static void start() throws Exception {
        broker = DoorFixture.withTopics(EmbeddedBroker.start());
        doors =
                new DoorFixture(
                                broker.bootstrapServers(),
                                Map.of(
                                        "DOOR_MAX_BYTES", "1 MiB",
                                        "DOOR_MAX_MESSAGE_BYTES", "1 MiB",
                                        "DOOR_MAX_ITEMS", "100"))
                        .awaitReady();
    }

    @AfterAll
    static void stop() {
        doors.close();
        broker.close();
    }

    private static String usage(String id) {
        return """
        {"ts":"%s","model":"m","prompt_tokens":3,"completion_tokens":4,"request_id":"%s"}\
        """
                .formatted(Instant.now(), id);
    }

    private static String sample(String uuid) {
        return """
        {"ts":"%s","host":"h","gpu_uuid":"%s","name":"H100","utilization":0.5}\
        """
                .formatted(Instant.now(), uuid);
    }

    private static String envelope(String id, String type, String data) {
        return """
        {"specversion":"1.0","id":"%s","source":"/test","type":"%s","data":%s}\
        """
                .formatted(id, type, data);
    }

    @Test
    void takesOneEventOfEitherKind() throws Exception {
        var answer = doors.post(PATH, usage("one-usage"), "content-type", "application/json");

        assertEquals(200, answer.statusCode(), text(answer));
        assertEquals(
                "{\"accepted\":1,\"refused\":0,\"items\":[{\"status\":\"accepted\"}]}",
                text(answer));
        assertEquals(200, doors.post(PATH, sample("GPU-one")).statusCode());
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, "one-usage").size());
        assertEquals(1, texts(broker.bootstrapServers(), SAMPLES, "GPU-one").size());
    }

    /** Counted here, and on its way to the raw document. */
    @Test
    void aRefusedReadingIsCountedAndPassedOn() throws Exception {
        var metric =
                "readings_refused_total{field=\"power_w\",reason=\"out_of_range\",topic=\"gpu.metrics.v1\"}";
        var bad =
                sample("GPU-refused").replace("\"utilization\"", "\"power_w\":-3,\"utilization\"");
        var before = doors.metric(metric);

        assertEquals(200, doors.post(PATH, bad).statusCode());

        assertEquals(Double.isNaN(before) ? 1 : before + 1, doors.metric(metric));
        var record = texts(broker.bootstrapServers(), SAMPLES, "GPU-refused").getFirst();
        assertTrue(
                record.contains(
                        "\"refused\":{\"power_w\":{\"reason\":\"out_of_range\",\"said\":\"-3\"}}"),
                record);
        assertFalse(record.contains("\"power_w\":-3"), record);
    }

    @ParameterizedTest
    @CsvSource({
        "array, application/json",
        "lines, application/x-ndjson",
        "follow, application/json; charset=utf-8",
        "envelopes, application/cloudevents-batch+json",
        "zipped, application/json"
    })
    void takesSeveralInEachForm(String form, String type) throws Exception {
        var first = usage(form + "-1");
        var second = sample("GPU-" + form);
        var body =
                switch (form) {
                    case "lines", "follow" -> first + "\n\n" + second + "\r\n";
                    case "envelopes" ->
                            "[%s,%s]"
                                    .formatted(
                                            envelope("1", "token.usage.v1", first),
                                            envelope("2", "com.acme.gpu.metrics.v1", second));
                    default -> " [ %s , %s ] ".formatted(first, second);
                };
        var answer =
                form.equals("zipped")
                        ? doors.post(
                                PATH,
                                gzip(body.getBytes(UTF_8)),
                                "content-type",
                                type,
                                "content-encoding",
                                "gzip")
                        : doors.post(PATH, body, "content-type", type);

        assertEquals(200, answer.statusCode(), text(answer));
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, form + "-1").size());
        assertEquals(1, texts(broker.bootstrapServers(), SAMPLES, "GPU-" + form).size());
    }

    @Test
    void takesACloudEventInItsHeadersAndInAnEnvelope() throws Exception {
        var structured =
                doors.post(
                        PATH,
                        envelope("s1", "token.usage.v1", usage("structured")),
                        "content-type",
                        "application/cloudevents+json");
        var binary =
                doors.post(
                        PATH,
                        usage("binary"),
                        "content-type",
                        "application/json",
                        "ce-specversion",
                        "1.0",
                        "ce-id",
                        "b%201",
                        "ce-source",
                        "/test",
                        "ce-type",
                        "token.usage.v1");

        assertEquals(200, structured.statusCode(), text(structured));
        assertEquals(200, binary.statusCode(), text(binary));
        assertTrue(
                texts(broker.bootstrapServers(), USAGES, "\"structured\"")
                        .getFirst()
                        .contains("\"event_id\":\"/test s1\""));
        assertTrue(
                texts(broker.bootstrapServers(), USAGES, "\"binary\"")
                        .getFirst()
                        .contains("\"event_id\":\"/test b 1\""));
    }

    @Test
    void namesWhatItRefusesAndKeepsItWithItsBytes() throws Exception {
        var bad =
                "{\"ts\":\"2026-01-01T00:00:00Z\",\"model\":\"kept-refused\",\"prompt_tokens\":-1}";

        var answer = doors.post(PATH, "[%s,%s,{oops}]".formatted(usage("between"), bad));

        assertEquals(207, answer.statusCode(), text(answer));
        assertTrue(
                text(answer)
                        .startsWith(
                                "{\"accepted\":1,\"refused\":2,\"items\":[{\"status\":\"accepted\"},"
                                    + "{\"status\":\"refused\",\"reason\":\"out_of_range\","),
                text(answer));
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, "between").size());
        var letter =
                read(broker.bootstrapServers(), LETTERS).stream()
                        .filter(record -> new String(record.value(), UTF_8).equals(bad))
                        .findFirst()
                        .orElseThrow();
        assertEquals("out_of_range", header(letter, "dead_letter.reason"));
        assertEquals("token.usage.v1", header(letter, "dead_letter.topic"));
        assertEquals("http", header(letter, "dead_letter.door"));
        assertEquals(1, texts(broker.bootstrapServers(), LETTERS, "{oops}").size());
        assertEquals(400, doors.post(PATH, "{\"nothing\":1}").statusCode());
    }

    @Test
    void takesNothingOfABodyThatIsNoneOrTooMuch() throws Exception {
        var tooMany = ("[" + "{},".repeat(100) + "{}]").getBytes(UTF_8);
        var bomb = gzip(new byte[3 * MIB]);
        int letters = read(broker.bootstrapServers(), LETTERS).size();

        assertEquals(400, doors.post(PATH, "").statusCode());
        assertEquals(400, doors.post(PATH, "[{\"a\":1}").statusCode());
        assertEquals(400, doors.post(PATH, "{\"a\":\"1}").statusCode());
        assertEquals(400, doors.post(PATH, tooMany).statusCode());
        assertEquals(400, doors.post(PATH, "no gzip", "content-encoding", "gzip").statusCode());
        assertEquals(415, doors.post(PATH, "{}", "content-encoding", "br").statusCode());
        assertEquals(415, doors.post(PATH, "{}", "content-type", "image/png").statusCode());
        assertEquals(413, doors.post(PATH, bomb, "content-encoding", "gzip").statusCode());
        assertEquals(413, doors.post(PATH, new byte[MIB + 1]).statusCode());
        assertEquals(letters, read(broker.bootstrapServers(), LETTERS).size());
        assertEquals(200, doors.post(PATH, usage("after-all-that")).statusCode());
    }

    @Test
    void aRetryHasTheSameIdentityAndRecordKey() throws Exception {
        var body = usage("told-twice");

        doors.post(PATH, body);
        doors.post(PATH, body);

        var keys =
                read(broker.bootstrapServers(), USAGES).stream()
                        .filter(r -> new String(r.value(), UTF_8).contains("told-twice"))
                        .map(r -> new String(r.key(), UTF_8) + "@" + r.partition())
                        .toList();
        assertEquals(2, keys.size());
        assertEquals(keys.getFirst(), keys.getLast());
        assertTrue(keys.getFirst().startsWith("r:told-twice@"), keys.getFirst());
    }

    @Test
    void aSlowSenderFillsTheDoorAndOthersAreToldToComeAgain() throws Exception {
        doors.awaitEmpty();
        var body = usage("slow").getBytes(UTF_8);
        int length = MIB - 1000;
        var full = "producer_door_full_total{door=\"http\",of=\"bytes\"}";
        double before = doors.metric(full);
        try (var slow =
                new Socket(
                        InetAddress.getLoopbackAddress(), doors.producer.doorPort(DoorKind.HTTP))) {
            var out = slow.getOutputStream();
            out.write(
                    "POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"
                            .formatted(length)
                            .getBytes(UTF_8));
            out.write(" ".repeat(length - body.length).getBytes(UTF_8));
            out.flush();
            // before all of it is there, another's bytes could make it the one that is refused
            doors.awaitHeld(length - body.length);

            var refused = doors.post(PATH, new byte[64 << 10]);
            assertEquals(503, refused.statusCode());
            assertEquals("1", refused.headers().firstValue("retry-after").orElseThrow());
            assertEquals(before + 1, doors.metric(full));

            out.write(body);
            out.flush();
            var status =
                    new BufferedReader(new InputStreamReader(slow.getInputStream(), UTF_8))
                            .readLine();
            assertEquals("HTTP/1.1 200 OK", status);
        }
        Waiting.until(
                "room", LIMIT, () -> doors.post(PATH, usage("after-the-slow")).statusCode() == 200);
        doors.awaitEmpty();
    }

    @Test
    void losesNothingThatItAcceptedWhileKafkaIsAway() throws Exception {
        int port = freePort();
        var bootstrap = "127.0.0.1:" + port;
        var options = EmbeddedBroker.Options.defaults().in(directory.resolve("broker")).on(port);
        try (var away =
                new DoorFixture(
                        bootstrap,
                        Map.of("DOOR_ACK_TIMEOUT_MS", "500", "OUTAGE_AFTER_MS", "300"))) {
            var early = away.post(PATH, usage("early"));
            assertEquals(503, early.statusCode());
            assertTrue(early.headers().firstValue("retry-after").isPresent());

            try (var first = EmbeddedBroker.start(options)) {
                DoorFixture.withTopics(first);
                away.awaitReady();
                var before = usage("before");
                Waiting.until(
                        "an answer in time",
                        LIMIT,
                        () -> away.post(PATH, before).statusCode() == 200);
            }
            var during = usage("during");
            assertEquals(503, away.post(PATH, during).statusCode());
            assertEquals(503, away.post(PATH, during).statusCode());

            try (var second = EmbeddedBroker.start(options)) {
                Waiting.until(
                        "Kafka back", LIMIT, () -> away.post(PATH, during).statusCode() == 200);
                var kept = texts(second.bootstrapServers(), USAGES, "\"before\"");
                assertEquals(1, kept.stream().distinct().count(), "accepted before");
                var told = texts(second.bootstrapServers(), USAGES, "\"during\"");
                assertTrue(told.size() > 0, "told");
                assertEquals(1, told.stream().distinct().count(), "under one identity");
                assertEquals(0, texts(second.bootstrapServers(), USAGES, "\"early\"").size());
            }
        }
    }

    @Test
    void keepsWhatIsTooLargeForKafkaCut() throws Exception {
        var name = "x".repeat(3000);
        try (var small =
                new DoorFixture(broker.bootstrapServers(), Map.of("MAX_RECORD_BYTES", "1 KiB"))) {
            small.awaitReady();

            var answer = small.post(PATH, "{\"long\":\"%s\"}".formatted(name));

            assertEquals(400, answer.statusCode());
            assertTrue(text(answer).contains("\"too_large\""), text(answer));
        }
        var letter =
                read(broker.bootstrapServers(), LETTERS).stream()
                        .filter(r -> new String(r.value(), UTF_8).startsWith("{\"long\""))
                        .findFirst()
                        .orElseThrow();
        assertEquals("3011", header(letter, "dead_letter.truncated_from_bytes"));
        assertEquals(256, letter.value().length);
    }

    @Test
    void opensToTheTokensOfItsFileAlsoWhenItChanges() throws Exception {
        var file = Files.writeString(directory.resolve("tokens"), "# old\nfirst\n\nsecond\n");
        try (var guarded =
                new DoorFixture(
                        broker.bootstrapServers(), Map.of("DOOR_TOKENS_FILE", file.toString()))) {
            guarded.awaitReady();

            var without = guarded.post(PATH, usage("without"));
            assertEquals(401, without.statusCode());
            assertEquals("Bearer", without.headers().firstValue("www-authenticate").orElseThrow());
            assertEquals(401, status(guarded, "Bearer third"));
            assertEquals(401, status(guarded, "Basic first"));
            assertEquals(200, status(guarded, "Bearer first"));
            assertEquals(200, status(guarded, "bearer second"));

            Files.writeString(file, "third-token");
            Waiting.until(
                    "the new token", LIMIT, () -> status(guarded, "Bearer third-token") == 200);
            assertEquals(401, status(guarded, "Bearer first"));
        }
        assertEquals(0, texts(broker.bootstrapServers(), USAGES, "\"without\"").size());
    }

    private static int status(DoorFixture guarded, String authorization)
            throws IOException, InterruptedException {
        return guarded.post(PATH, usage("guarded"), "authorization", authorization).statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DOOR_HTTP_PORT", "DOOR_GRPC_PORT"})
    void namesAPortThatIsTaken(String variable) throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var thrown =
                    assertThrows(
                            ConfigurationException.class,
                            () ->
                                    new DoorFixture(
                                            broker.bootstrapServers(),
                                            Map.of(
                                                    variable,
                                                    Integer.toString(taken.getLocalPort()))));

            assertTrue(
                    thrown.errors()
                            .getFirst()
                            .startsWith(
                                    "%s is %d, expected a free port of 127.0.0.1"
                                            .formatted(variable, taken.getLocalPort())),
                    thrown.errors().toString());
        }
    }

    @Test
    void refusedBytesAreKeptAsTheyCame() throws Exception {
        var odd = new byte[] {'{', (byte) 0xff, '}'};

        assertEquals(400, doors.post(PATH, odd).statusCode());

        var letters = read(broker.bootstrapServers(), LETTERS);
        assertTrue(letters.stream().anyMatch(letter -> letter.value().length == 3));
        letters.stream()
                .filter(letter -> letter.value().length == 3)
                .forEach(letter -> assertArrayEquals(odd, letter.value()));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
