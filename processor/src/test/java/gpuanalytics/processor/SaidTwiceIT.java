package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.DeadLetterTopic;
import gpuanalytics.processor.metrics.ProcessorMetrics.SaidAgain;
import gpuanalytics.processor.store.StoreLayout;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each rule about what is said twice, by a client that sends it. */
class SaidTwiceIT {

    private PipelineFixture fixture;
    private Processor processor;

    @BeforeEach
    void begin() {
        fixture = PipelineFixture.withTopics();
        processor = Processor.start(fixture.config());
    }

    @AfterEach
    void end() {
        processor.close();
        fixture.close();
    }

    @Test
    void theFinalUsageCountsInPlaceOfAPlaceholder() throws Exception {
        usages(
                usage("10:59:58", "s-1", "'prompt_tokens':0,'completion_tokens':0"),
                usage("11:00:03", "s-1", "'prompt_tokens':77,'completion_tokens':5"));

        assertEquals(
                Map.of("requests", 1L, "prompt_tokens", 77L, "completion_tokens", 5L), tokens());
        // The placeholder's own hour holds nothing any more.
        assertEquals(1, nonZero(StoreLayout.TOKEN_HOUR));
        assertEquals(1, processor.saidAgain().get(SaidAgain.SUPERSEDING));
        assertNothingIsSilent(2);
    }

    @Test
    void aPlaceholderThatComesAfterTheFinalUsageChangesNothing() throws Exception {
        usages(
                usage("11:00:03", "s-2", "'prompt_tokens':77,'completion_tokens':5"),
                usage("11:00:01", "s-2", "'prompt_tokens':0"));

        assertEquals(
                Map.of("requests", 1L, "prompt_tokens", 77L, "completion_tokens", 5L), tokens());
        assertEquals(1, processor.saidAgain().get(SaidAgain.OUTRANKED));
        assertNothingIsSilent(2);
    }

    @Test
    void aFailedAttemptAndItsSuccessAreOneRequestAndTwoAttempts() throws Exception {
        usages(
                usage("11:00:00", "s-3", "'prompt_tokens':0,'error_type':'overloaded'"),
                usage("11:00:09", "s-3", "'prompt_tokens':410,'completion_tokens':33"));

        assertEquals(
                Map.of(
                        "requests",
                        1L,
                        "errors",
                        1L,
                        "failed_attempts",
                        1L,
                        "prompt_tokens",
                        410L,
                        "completion_tokens",
                        33L),
                tokens());
    }

    @Test
    void anotherUserUnderATakenRequestIdIsAnotherRequest() throws Exception {
        usages(
                usage("11:00:00", "7", "'user':'ada','prompt_tokens':10"),
                usage("11:09:00", "7", "'user':'bob','prompt_tokens':20"),
                usage("11:09:00", "7", "'user':'bob','prompt_tokens':20"),
                usage("11:09:05", "7", "'user':'bob','prompt_tokens':25"));

        assertEquals(Map.of("requests", 2L, "prompt_tokens", 35L), tokens());
        assertEquals(1, processor.saidAgain().get(SaidAgain.REUSED));
        assertEquals(1, processor.saidAgain().get(SaidAgain.SUPERSEDING));
        assertNothingIsSilent(4);
    }

    @Test
    void aRequestIdThatComesAgainAfterItsSpanIsAnotherRequest() throws Exception {
        usages(
                usage("08:00:00", "8", "'prompt_tokens':10"),
                usage("11:00:00", "8", "'prompt_tokens':20"));

        assertEquals(Map.of("requests", 2L, "prompt_tokens", 30L), tokens());
    }

    @Test
    void anEventIdThatSaysSomethingElseIsAConflict() throws Exception {
        usages(
                usage("11:00:00", "a", "'event_id':'e-1','prompt_tokens':10"),
                usage("11:00:00", "a", "'event_id':'e-1','prompt_tokens':11"),
                usage("11:00:00", "a", "'event_id':'e-1','prompt_tokens':10"));

        assertEquals(Map.of("requests", 1L, "prompt_tokens", 10L), tokens());
        var letters = fixture.deadLetters();
        assertEquals(1, letters.size());
        assertEquals("conflict", header(letters.getFirst(), DeadLetterTopic.REASON));
        var detail = header(letters.getFirst(), DeadLetterTopic.DETAIL);
        assertTrue(detail.contains("/0/1 ") && detail.contains("/0/0,"), detail);
        assertNothingIsSilent(3);
    }

    @Test
    void aConflictOfOneOfSeveralEventsInARecordSaysWhich() throws Exception {
        usages(
                usage("11:00:00", "a", "'event_id':'e-1','prompt_tokens':10"),
                "[%s,%s]"
                        .formatted(
                                usage("11:00:00", "b", "'prompt_tokens':1"),
                                usage("11:00:00", "a", "'event_id':'e-1','prompt_tokens':11")));

        assertEquals("1", header(fixture.deadLetters().getFirst(), DeadLetterTopic.ITEM));
        var at = only(StoreLayout.CONFLICTS).getString(StoreLayout.SAID_AT);
        assertTrue(at.endsWith("/0/1/1"), at);
        assertNothingIsSilent(3);
    }

    @Test
    void readingsThatComeInPartsAreOneSample() throws Exception {
        samples(
                sample("'utilization':0.25,'interval_s':10"),
                sample("'power_w':300,'interval_s':10"),
                sample("'mem_used_bytes':1024"),
                sample("'power_w':300"));

        var minute = only(StoreLayout.GPU_MINUTE);
        assertEquals(1, number(minute, "samples"));
        assertEquals(10_000_000, number(minute, "covered_us"));
        assertEquals(3_000_000_000L, number(minute, "energy_uj"));
        assertEquals(250_000, number(minute, "utilization.sum_micro"));
        assertEquals(1, number(minute, "power_w.n"));
        assertEquals(1024, number(minute, "mem_used_bytes.sum"));
        var latest = only(StoreLayout.GPU_LATEST).get(StoreLayout.SAMPLE, Document.class);
        assertEquals(
                List.of(0.25, 300.0, 1024L),
                List.of(
                        latest.get("utilization"),
                        latest.get("power_w"),
                        latest.get("mem_used_bytes")));
        assertEquals(2, processor.saidAgain().get(SaidAgain.MERGED));
        assertNothingIsSilent(4);
    }

    @Test
    void theEnergyOfAMomentCountsOnceWhicheverReadingsTellIt() throws Exception {
        samples(
                sample("11:00:00", "'energy_j_total':1000"),
                sample("11:00:10", "'power_w':300,'interval_s':10"),
                sample("11:00:10", "'energy_j_total':4200"),
                sample("11:00:20", "'energy_j_total':9200,'interval_s':10"),
                sample("11:00:20", "'power_w':500"));

        // 3,000 J by its power, then 5,000 J by the counter, which tells the latter moment's.
        var minute = only(StoreLayout.GPU_MINUTE);
        assertEquals(8_000_000_000L, number(minute, "energy_uj"));
        assertEquals(2, number(minute, "power_w.n"));
        assertNothingIsSilent(5);
    }

    @Test
    void podsThatShareAGpuAreUsersOfOneSample() throws Exception {
        samples(
                sample("'power_w':300,'namespace':'n','pod':'one'"),
                sample("'power_w':300,'namespace':'n','pod':'two'"),
                sample("'power_w':300,'namespace':'n','pod':'three','container':'c'"));

        var minute = only(StoreLayout.GPU_MINUTE);
        assertEquals(1, number(minute, "samples"));
        assertEquals(1, number(minute, "power_w.n"));
        var latest = only(StoreLayout.GPU_LATEST).get(StoreLayout.SAMPLE, Document.class);
        assertEquals(
                List.of("n/one", "n/two", "n/three/c"),
                latest.getList(StoreLayout.PODS, String.class));
        for (var rollup : List.of(minute, only(StoreLayout.GPU_HOUR))) {
            assertEquals(
                    Set.of("n/one", "n/two", "n/three/c"),
                    Set.copyOf(rollup.getList(StoreLayout.PODS, String.class)));
        }
        assertNothingIsSilent(3);
    }

    @Test
    void anotherValueOfAReadingIsAConflict() throws Exception {
        samples(
                sample("'utilization':0.25"),
                sample("'utilization':0.26,'power_w':300"),
                sample("'utilization':0.25,'temp_c':40"));

        var minute = only(StoreLayout.GPU_MINUTE);
        assertEquals(250_000, number(minute, "utilization.sum_micro"));
        assertEquals(1, number(minute, "temp_c.n"));
        assertNull(minute.get("power_w")); // it came with what contradicts
        assertEquals("conflict", header(fixture.deadLetters().getFirst(), DeadLetterTopic.REASON));
        assertNothingIsSilent(3);
    }

    private void assertNothingIsSilent(long received) {
        var stats = processor.stats();
        assertEquals(received, stats.received());
        assertEquals(stats.received(), stats.stored() + stats.duplicates() + stats.rejected());
        // What is stored is what was first under its identity, and what was said again.
        var raw = fixture.database().getCollection(StoreLayout.TOKEN_USAGE);
        var samples = fixture.database().getCollection(StoreLayout.GPU_METRICS);
        var later = new Document(StoreLayout.SAID, new Document("$exists", true));
        assertEquals(stats.stored(), raw.countDocuments() + samples.countDocuments());
        assertEquals(
                processor.saidAgain().values().stream().mapToLong(events -> events).sum(),
                raw.countDocuments(later) + samples.countDocuments(later));
    }

    private static String usage(String time, String request, String fields) {
        return "{'ts':'2026-01-31T%sZ','model':'m','request_id':'%s',%s}"
                .formatted(time, request, fields);
    }

    private static String sample(String fields) {
        return sample("11:00:00", fields);
    }

    private static String sample(String time, String fields) {
        return "{'ts':'2026-01-31T%sZ','host':'h','gpu_index':3,'name':'L4',%s}"
                .formatted(time, fields);
    }

    private void usages(String... records) throws Exception {
        send(EventTopic.TOKEN_USAGE, records);
    }

    private void samples(String... records) throws Exception {
        send(EventTopic.GPU_METRICS, records);
    }

    /** One after the other, so that each is judged by those before it. */
    private void send(EventTopic topic, String... records) throws Exception {
        for (var record : records) {
            fixture.send(topic, 0, record.replace('\'', '"').getBytes(UTF_8));
            fixture.flush();
            fixture.awaitCommitted();
        }
    }

    /** What the hours hold together. */
    private Map<String, Long> tokens() {
        var sums = new TreeMap<String, Long>();
        for (var hour : fixture.database().getCollection(StoreLayout.TOKEN_HOUR).find()) {
            for (var name : List.of("requests", "errors", "failed_attempts")) {
                sums.merge(name, number(hour, name), Long::sum);
            }
            for (var name : List.of("prompt_tokens", "completion_tokens")) {
                sums.merge(name, number(hour, name + ".sum"), Long::sum);
            }
        }
        sums.values().removeIf(sum -> sum == 0);
        return sums;
    }

    private long nonZero(String collection) {
        return fixture.database()
                .getCollection(collection)
                .countDocuments(new Document("requests", new Document("$gt", 0)));
    }

    private Document only(String collection) {
        var found =
                fixture.database()
                        .getCollection(collection)
                        .find()
                        .into(new java.util.ArrayList<>());
        assertEquals(1, found.size(), collection);
        return found.getFirst();
    }

    private static long number(Document document, String path) {
        var found = document.getEmbedded(List.of(path.split("\\.", -1)), Number.class);
        return found == null ? 0 : found.longValue();
    }

    private static String header(
            org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), UTF_8);
    }
}
