package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gpuanalytics.embedded.testing.CpuUse;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import gpuanalytics.service.health.HealthReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever waits for the store or for the broker leaves the machine to others. What is measured is
 * the time of a processor's own threads, so that the cases run side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
class QuietWaitIT {

    private static final byte[] NOT_JSON = "no".getBytes(UTF_8);
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
            var cpu = new CpuUse(protocol + " " + storeIs);
            try (var processor = startIn(cpu, fixture)) {
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

                cpu.assertWaits();
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
            var cpu = new CpuUse(protocol + " idle");
            try (var _ = startIn(cpu, fixture)) {
                fixture.awaitCommitted();

                cpu.assertWaits();
            }
        }
    }

    /** The broker is there, and the topic takes not even a letter's sizes. */
    @Test
    void usesUnderATenthOfACoreWhileADeadLetterIsNotTaken() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            limitDeadLetters(fixture, 64);
            fixture.send(EventTopic.TOKEN_USAGE, 0, NOT_JSON);
            fixture.flush();
            var cpu = new CpuUse("dead letter");
            try (var processor = startIn(cpu, fixture)) {
                awaitLetterThatWaits(processor);

                cpu.assertWaits();
            }
        }
    }

    /**
     * As at a restart of a single broker, or where the network between swallows what is sent. A
     * letter that the dead-letter topic does not take waits all the while.
     */
    @ParameterizedTest
    @ValueSource(strings = {"killed", "silent"})
    void usesUnderATenthOfACoreWhileTheBrokerIsAwayAndGoesOnByItself(
            String brokerIs, @TempDir Path directory) throws Exception {
        try (var broker = new BrokerProcess(directory);
                var consumer = Waiter.start(broker, "consumer", brokerIs);
                var classic = Waiter.start(broker, "classic", brokerIs)) {
            if (brokerIs.equals("killed")) {
                broker.kill();
            } else {
                broker.hang();
            }
            for (var waiter : List.of(consumer, classic)) {
                awaitMissed(waiter.processor);
                awaitGivenUp(waiter.cpu);
                waiter.cpu.assertWaits();
            }

            broker.comeBack();
            for (var waiter : List.of(consumer, classic)) {
                waiter.goOn();
            }
        }
    }

    /** A processor at a broker that goes away, with a letter that is not taken. */
    private record Waiter(
            CpuUse cpu,
            EventLedger ledger,
            PipelineFixture owner,
            PipelineFixture fixture,
            Processor processor)
            implements AutoCloseable {

        static Waiter start(BrokerProcess broker, String protocol, String brokerIs)
                throws Exception {
            var cpu = new CpuUse(protocol + ", broker " + brokerIs);
            var ledger = new EventLedger(52);
            var owner = PipelineFixture.withoutTopics();
            var fixture = owner.at(broker.bootstrapServers());
            fixture.with("GROUP_PROTOCOL", protocol).createTopics();
            fixture.sendAll(ledger, 100);
            var waiter = new Waiter(cpu, ledger, owner, fixture, startIn(cpu, fixture));
            fixture.awaitCommitted();
            limitDeadLetters(fixture, 64);
            fixture.send(EventTopic.TOKEN_USAGE, 0, NOT_JSON);
            fixture.flush();
            awaitLetterThatWaits(waiter.processor);
            return waiter;
        }

        void goOn() throws Exception {
            limitDeadLetters(fixture, 100_000);
            fixture.sendAll(ledger, 100);
            fixture.awaitCommitted();
            Waiting.until("Kafka to be well", PipelineFixture.LIMIT, () -> kafka(processor).up());
            ledger.assertMatches(owner.database());
            assertFalse(fixture.deadLetters().isEmpty()); // it may be there twice
        }

        @Override
        public void close() {
            processor.close();
            fixture.close();
            owner.close();
        }
    }

    /**
     * While a heartbeat is under way for longer than its interval, the client of KIP-848 spins
     * (KAFKA-21031), until it gives that up after its request timeout. Whether one is under way
     * when the broker goes is up to the moment.
     */
    private static void awaitGivenUp(CpuUse cpu) throws Exception {
        Waiting.until(
                "what was asked before to be given up",
                PipelineFixture.LIMIT,
                () -> cpu.cores(Duration.ofSeconds(1)) < CpuUse.MOST_CORES_OF_A_WAIT);
    }

    private static Processor startIn(CpuUse cpu, PipelineFixture fixture) throws Exception {
        return cpu.start(() -> Processor.start(fixture.config()));
    }

    private static void awaitLetterThatWaits(Processor processor) throws Exception {
        Waiting.until(
                "the letter to wait",
                PipelineFixture.LIMIT,
                () -> kafka(processor).detail().startsWith("dead letters wait for "));
    }

    private static void awaitMissed(Processor processor) throws Exception {
        Waiting.until(
                "the broker to be missed",
                PipelineFixture.LIMIT,
                () -> kafka(processor).detail().startsWith("waiting for Kafka at "));
        assertFalse(kafka(processor).up());
    }

    private static HealthReport.Part kafka(Processor processor) {
        return processor.health().parts().stream()
                .filter(part -> part.name().equals("kafka"))
                .findFirst()
                .orElseThrow();
    }

    private static void limitDeadLetters(PipelineFixture fixture, int bytes) throws Exception {
        fixture.configureTopic(
                fixture.deadLetterTopic(), Map.of("max.message.bytes", Integer.toString(bytes)));
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
}
