package gpuanalytics.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.store.StoreLayout;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever ends the processor wherever, the totals are the input's totals. */
class PipelineCrashIT {

    private static EmbeddedBroker broker;
    private static EmbeddedStore store;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start();
        store = EmbeddedStore.start();
    }

    @AfterAll
    static void stop() {
        store.close();
        broker.close();
    }

    /** Ends the pipeline as if the process had been killed. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed(Step step) {
            super("killed at " + step);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Step.class, mode = EnumSource.Mode.EXCLUDE, names = "REVOKING")
    void totalsHoldWhereverItIsKilled(Step step) throws Exception {
        try (var fixture = PipelineFixture.withTopics(broker, store)) {
            fixture.with("BATCH_ROWS", "40");
            var ledger = new EventLedger(step.name().hashCode());
            fixture.sendAll(ledger, 300);
            killAt(fixture, step, 1);
            killAt(fixture, step, 3);

            fixture.sendAll(ledger, 100);
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(0, processor.stats().rejected());
            }

            ledger.assertMatches(fixture.database());
        }
    }

    /** Nothing is finished or committed then; the client that reads on begins anew. */
    @Test
    void totalsHoldWhenItFailsToGivePartitionsBack() throws Exception {
        try (var fixture = PipelineFixture.withTopics(broker, store)) {
            var ledger = new EventLedger(99);
            fixture.sendAll(ledger, 200);
            var revoked = new AtomicInteger();
            try (var first =
                    Processor.start(
                            fixture.config(),
                            step -> {
                                if (step == Step.REVOKING && revoked.incrementAndGet() == 1) {
                                    throw new Killed(step);
                                }
                            })) {
                Waiting.until(
                        "the first to read",
                        PipelineFixture.LIMIT,
                        () -> first.stats().received() > 0);
                try (var second = Processor.start(fixture.config())) {
                    fixture.sendAll(ledger, 200);
                    Waiting.until(
                            "partitions to be taken from the first",
                            PipelineFixture.LIMIT,
                            () -> revoked.get() > 0);
                    fixture.awaitCommitted();
                    assertEquals(0, second.stats().rejected());
                }
            }

            ledger.assertMatches(fixture.database());
        }
    }

    /** The mark that a row counts under "other" is decided once, whatever comes between. */
    @Test
    void surplusSeriesCountInTheSamePlaceAfterACrash() throws Exception {
        try (var fixture = PipelineFixture.withTopics(broker, store)) {
            fixture.with("MAX_SERIES_PER_BUCKET", "3").with("BATCH_ROWS", "20");
            var ledger = new EventLedger(7);
            for (int i = 0; i < 200; i++) {
                var usage = ledger.nextUsage().toBuilder().set(TokenUsage.USER, "user-" + i % 17);
                fixture.send(usage.build());
            }
            fixture.flush();
            killAt(fixture, Step.RAW_STORED, 2);
            killAt(fixture, Step.ROLLED_UP, 2);

            fixture.with("MAX_SERIES_PER_BUCKET", "5"); // another decision, were it made again
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(0, processor.stats().rejected());
            }

            ledger.assertMatches(fixture.database());
            var marked =
                    fixture.database()
                            .getCollection(StoreLayout.TOKEN_USAGE)
                            .countDocuments(new org.bson.Document("overflow", true));
            var other = 0L;
            for (var hour : fixture.database().getCollection(StoreLayout.TOKEN_HOUR).find()) {
                if (hour.getString("_id").endsWith("|other")) {
                    other += hour.getLong("requests");
                }
            }
            assertEquals(marked, other);
        }
    }

    /** Runs a processor until it has reached a step so often and ends there. */
    private static void killAt(PipelineFixture fixture, Step step, int occurrence)
            throws Exception {
        var count = new AtomicInteger();
        try (var processor =
                Processor.start(
                        fixture.config(),
                        reached -> {
                            if (reached == step && count.incrementAndGet() >= occurrence) {
                                throw new Killed(step);
                            }
                        })) {
            Waiting.until(
                    "the pipeline to be killed at " + step,
                    PipelineFixture.LIMIT,
                    () -> processor.failure().isPresent() || isIdle(processor));
        }
    }

    /** All is read and done before the step came up often enough. */
    private static boolean isIdle(Processor processor) {
        var stats = processor.stats();
        return stats.lag() == 0 && stats.received() == stats.stored() + stats.duplicates();
    }
}
