package gpuanalytics.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.batch.Moment;
import gpuanalytics.processor.identity.Histories;
import gpuanalytics.processor.identity.HistoryModel;
import gpuanalytics.processor.identity.RollupSums;
import java.util.Random;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Words that correct others come to the same wherever the processor ends among them. */
@Execution(ExecutionMode.CONCURRENT)
class SaidTwiceCrashIT {

    private final long seed = System.nanoTime();
    private final Histories histories = new Histories(new Random(seed));
    private final HistoryModel model = new HistoryModel();

    @ParameterizedTest
    @EnumSource(value = Moment.class, mode = EnumSource.Mode.EXCLUDE, names = "REVOKING")
    void sumsHoldWhereverItIsKilledAmongCorrections(Moment step) throws Exception {
        System.out.println(getClass().getSimpleName() + " seed " + seed);
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("BATCH_ROWS", "40");
            send(fixture, 100);
            assertTrue(Killing.at(fixture, step, 1), "it ended by itself before " + step);
            send(fixture, 30);
            var _ = Killing.at(fixture, step, 3); // where there is as much to do

            send(fixture, 30);
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(0, processor.stats().rejected(), "seed " + seed);
            }

            assertEquals(
                    model.sums(60),
                    RollupSums.minutes(fixture.database()),
                    "minutes, seed " + seed);
            assertEquals(
                    model.sums(3600), RollupSums.hours(fixture.database()), "hours, seed " + seed);
        }
    }

    private void send(PipelineFixture fixture, int identities) {
        for (int i = 0; i < identities; i++) {
            for (var event : histories.nextInAnyOrder()) {
                model.accept(event);
                fixture.send(event);
            }
        }
        fixture.flush();
    }
}
