package gpuanalytics.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever waits for the store leaves the machine to others. */
class QuietWaitIT {

    private static final Duration MEASURED = Duration.ofSeconds(6);
    private static final double MOST_CORES = 0.1;
    private static final int EVENTS = 4000; // of 2 KiB: several times what fits the buffer

    @ParameterizedTest
    @CsvSource({"consumer, slow", "consumer, away", "classic, slow", "classic, away"})
    void usesUnderATenthOfACoreWhileItWaitsForTheStore(String protocol, String storeIs)
            throws Exception {
        try (var faults = FaultyStore.beforeShared();
                var fixture = PipelineFixture.behind(faults)) {
            fixture.with("GROUP_PROTOCOL", protocol)
                    .with("BUFFER_BYTES", "1 MiB")
                    .with("BATCH_ROWS", "20");
            var others = threads();
            try (var processor = Processor.start(fixture.config())) {
                Waiting.until(
                        "it to read",
                        PipelineFixture.LIMIT,
                        () -> processor.assignedPartitions() == 2 * PipelineFixture.PARTITIONS);
                if (storeIs.equals("away")) {
                    faults.vanish();
                } else {
                    faults.rule(c -> c.name().equals("insert") ? new Fault.Slow(3000) : null);
                }
                send(fixture);
                Waiting.until(
                        "it to be full",
                        PipelineFixture.LIMIT,
                        () -> processor.bytesUnderWay() >= 1 << 20);

                assertUsesLittle(others);
                Waiting.until(
                        "the gauge to say so",
                        PipelineFixture.LIMIT,
                        () -> Scraped.sum(processor, "processor_store_saturated") == 1);
                faults.rule(_ -> null);
                if (storeIs.equals("away")) {
                    faults.comeBack();
                }
                fixture.awaitCommitted();
                assertEquals(EVENTS, processor.stats().stored());
                Waiting.until(
                        "the gauge to say that it is over",
                        PipelineFixture.LIMIT,
                        () -> Scraped.sum(processor, "processor_store_saturated") == 0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"consumer", "classic"})
    void usesUnderATenthOfACoreWhileNothingComes(String protocol) throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("GROUP_PROTOCOL", protocol);
            fixture.sendAll(new EventLedger(51), 100);
            var others = threads();
            try (var _ = Processor.start(fixture.config())) {
                fixture.awaitCommitted();

                assertUsesLittle(others);
            }
        }
    }

    private static void assertUsesLittle(Set<Long> others) throws InterruptedException {
        var before = cpuNanos(others);
        pass(MEASURED);
        var spent = minus(cpuNanos(others), before);
        var cores =
                spent.values().stream().mapToLong(Long::longValue).sum()
                        / (double) MEASURED.toNanos();
        assertTrue(cores < MOST_CORES, "%.2f of a core: %s".formatted(cores, spent));
    }

    private static void send(PipelineFixture fixture) {
        for (int i = 0; i < EVENTS; i++) {
            var usage =
                    TokenUsage.builder()
                            .set(TokenUsage.TS, Instant.parse("2026-01-31T12:00:00Z"))
                            .set(TokenUsage.MODEL, "llama")
                            .set(TokenUsage.REQUEST_ID, "request-" + i)
                            .set(TokenUsage.POD, "x".repeat(500))
                            .set(TokenUsage.TEAM, "x".repeat(500))
                            .set(TokenUsage.USER, "x".repeat(500))
                            .set(TokenUsage.PROJECT, "x".repeat(500))
                            .set(TokenUsage.PROMPT_TOKENS, 1L)
                            .build();
            fixture.send(
                    EventTopic.TOKEN_USAGE,
                    i % PipelineFixture.PARTITIONS,
                    EventLedger.encode(usage));
        }
        fixture.flush();
    }

    private static Set<Long> threads() {
        return LongStream.of(ManagementFactory.getThreadMXBean().getAllThreadIds())
                .boxed()
                .collect(Collectors.toSet());
    }

    /** What each thread has used that is not one of the others. */
    private static Map<String, Long> cpuNanos(Set<Long> others) {
        var threads = ManagementFactory.getThreadMXBean();
        var nanos = new TreeMap<String, Long>();
        for (var id : threads.getAllThreadIds()) {
            var thread = threads.getThreadInfo(id);
            if (!others.contains(id) && thread != null) {
                nanos.merge(
                        thread.getThreadName(),
                        Math.max(0, threads.getThreadCpuTime(id)),
                        Long::sum);
            }
        }
        return nanos;
    }

    private static Map<String, Long> minus(Map<String, Long> after, Map<String, Long> before) {
        var spent = new TreeMap<String, Long>();
        after.forEach(
                (thread, nanos) -> spent.put(thread, nanos - before.getOrDefault(thread, 0L)));
        return spent;
    }

    private static void pass(Duration time) throws InterruptedException {
        assertTrue(!new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS));
    }
}
