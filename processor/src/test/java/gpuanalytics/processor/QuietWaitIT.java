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
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever waits for the store leaves the machine to others. What is measured is the time of a
 * processor's own threads, so that the cases run side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
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
            var group = new ThreadGroup(protocol + " " + storeIs);
            try (var processor = startIn(group, fixture)) {
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

                assertUsesLittle(group);
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
            var group = new ThreadGroup(protocol + " idle");
            try (var _ = startIn(group, fixture)) {
                fixture.awaitCommitted();

                assertUsesLittle(group);
            }
        }
    }

    /** All threads that it starts are of the group, and those of what it talks to are not. */
    private static Processor startIn(ThreadGroup group, PipelineFixture fixture) throws Exception {
        var start = new FutureTask<>(() -> Processor.start(fixture.config()));
        new Thread(group, start, "start of " + group.getName()).start();
        return start.get();
    }

    private static void assertUsesLittle(ThreadGroup group) throws InterruptedException {
        var before = cpuNanos(group);
        pass(MEASURED);
        var spent = minus(cpuNanos(group), before);
        var cores =
                spent.values().stream().mapToLong(Long::longValue).sum()
                        / (double) MEASURED.toNanos();
        var found = "%.3f of a core: %s".formatted(cores, spent);
        assertTrue(cores > 0, found);
        assertTrue(cores < MOST_CORES, found);
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

    /** What each thread of the group has used. */
    private static Map<String, Long> cpuNanos(ThreadGroup group) {
        var threads = ManagementFactory.getThreadMXBean();
        var nanos = new TreeMap<String, Long>();
        for (var thread : Thread.getAllStackTraces().keySet()) {
            if (group.parentOf(thread.getThreadGroup())) {
                nanos.merge(
                        thread.getName(),
                        Math.max(0, threads.getThreadCpuTime(thread.threadId())),
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
