package gpuanalytics.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.mongodb.client.MongoDatabase;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bson.Document;

/**
 * The oracle: makes events from a seed, remembers what they add up to, and compares that with what
 * the store holds.
 */
final class EventLedger {

    private static final Instant FIRST = Instant.parse("2026-01-31T11:58:00Z");
    private static final int SECONDS = 240; // over two hours' and several minutes' buckets
    private static final String[] MODELS = {"llama-70b", "mixtral", "other", "a|b"};
    private static final String[] TEAMS = {"search", "chat"};

    private final Random random;
    private final Map<String, Long> totals = new TreeMap<>();
    private long made;

    EventLedger(long seed) {
        this.random = new Random(seed);
    }

    /** An event that counts. */
    Event next() {
        made++;
        return random.nextBoolean() ? nextUsage() : nextSample();
    }

    /** A usage that counts. */
    Event nextUsage() {
        var prompt = random.nextLong(4000);
        var completion = random.nextLong(1000);
        var latencyMs = random.nextInt(1, 60_000) / 16.0; // exact in binary
        add("requests", 1);
        add("prompt", prompt);
        add("completion", completion);
        add("latency", Math.round(latencyMs * 1e6));
        var usage =
                TokenUsage.builder()
                        .set(TokenUsage.TS, time())
                        .set(TokenUsage.REQUEST_ID, "request-" + made + "-" + random.nextLong())
                        .set(TokenUsage.MODEL, MODELS[random.nextInt(MODELS.length)])
                        .set(TokenUsage.PROMPT_TOKENS, prompt)
                        .set(TokenUsage.COMPLETION_TOKENS, completion)
                        .set(TokenUsage.LATENCY_MS, latencyMs);
        if (random.nextBoolean()) {
            usage.set(TokenUsage.TEAM, TEAMS[random.nextInt(TEAMS.length)]);
        }
        if (random.nextInt(10) == 0) {
            add("errors", 1);
            usage.set(TokenUsage.ERROR_TYPE, "timeout");
        }
        return usage.build();
    }

    /** A sample that counts. */
    Event nextSample() {
        var powerW = random.nextInt(100, 700);
        add("samples", 1);
        add("energy", powerW * 1_000_000L);
        add("covered", 1_000_000);
        var memory = random.nextLong(80L << 30);
        add("memory", memory);
        return GpuMetric.builder()
                .set(GpuMetric.TS, time())
                .set(GpuMetric.HOST, "host-" + random.nextInt(2))
                .set(GpuMetric.GPU_INDEX, random.nextLong(4))
                .set(GpuMetric.NAME, "H100")
                .set(GpuMetric.UTILIZATION, random.nextInt(101) / 100.0)
                .set(GpuMetric.POWER_W, (double) powerW)
                .set(GpuMetric.MEM_USED_BYTES, memory)
                .set(GpuMetric.INTERVAL_S, 1.0)
                .set(GpuMetric.EVENT_ID, "sample-" + made + "-" + random.nextLong())
                .build();
    }

    long total(String name) {
        return totals.getOrDefault(name, 0L);
    }

    long events() {
        return total("requests") + total("samples");
    }

    /** Asserts that the store holds every event once, in raw and in both granularities. */
    void assertMatches(MongoDatabase database) {
        assertEquals(
                Map.of("samples", total("samples"), "requests", total("requests")),
                Map.of(
                        "samples", database.getCollection(StoreLayout.GPU_METRICS).countDocuments(),
                        "requests",
                                database.getCollection(StoreLayout.TOKEN_USAGE).countDocuments()),
                "raw documents");
        for (var collection : new String[] {StoreLayout.TOKEN_MINUTE, StoreLayout.TOKEN_HOUR}) {
            var found = new TreeMap<String, Long>();
            for (var rollup : database.getCollection(collection).find()) {
                sum(found, "requests", rollup, "requests");
                sum(found, "errors", rollup, "errors");
                sum(found, "prompt", rollup, "prompt_tokens.sum");
                sum(found, "completion", rollup, "completion_tokens.sum");
                sum(found, "latency", rollup, "latency_ms.sum_micro");
            }
            assertEquals(
                    only("requests", "errors", "prompt", "completion", "latency"),
                    found,
                    collection);
        }
        for (var collection : new String[] {StoreLayout.GPU_MINUTE, StoreLayout.GPU_HOUR}) {
            var found = new TreeMap<String, Long>();
            for (var rollup : database.getCollection(collection).find()) {
                sum(found, "samples", rollup, "samples");
                sum(found, "energy", rollup, "energy_uj");
                sum(found, "covered", rollup, "covered_us");
                sum(found, "memory", rollup, "mem_used_bytes.sum");
            }
            assertEquals(only("samples", "energy", "covered", "memory"), found, collection);
        }
    }

    static byte[] encode(Event event) {
        return EventCodec.encode(event);
    }

    static String topic(Event event, Map<EventTopic, String> names) {
        return names.getOrDefault(event.topic(), event.topic().defaultName());
    }

    private Map<String, Long> only(String... names) {
        var some = new TreeMap<String, Long>();
        for (var name : names) {
            if (total(name) != 0) {
                some.put(name, total(name));
            }
        }
        return some;
    }

    private static void sum(Map<String, Long> sums, String name, Document rollup, String path) {
        var number = rollup.getEmbedded(java.util.List.of(path.split("\\.", -1)), Number.class);
        if (number != null && number.longValue() != 0) {
            sums.merge(name, number.longValue(), Long::sum);
        }
    }

    private void add(String name, long by) {
        totals.merge(name, by, Long::sum);
    }

    private Instant time() {
        return FIRST.plusMillis(random.nextInt(SECONDS * 1000));
    }
}
