package gpuanalytics.processor;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.processor.batch.Moment;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends processors in the midst of their work. */
final class Killing {

    private Killing() {}

    /** Ends the pipeline as if the process had been killed. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed(Moment step) {
            super("killed at " + step);
        }
    }

    /**
     * Runs a processor until it has reached a step so often and ends there.
     *
     * @return whether it ended there, and not because there was nothing left to do
     */
    static boolean at(PipelineFixture fixture, Moment step, int occurrence) throws Exception {
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
            return processor.failure().isPresent();
        }
    }

    /** All is read and done before the step came up often enough. */
    private static boolean isIdle(Processor processor) {
        var stats = processor.stats();
        return stats.lag() == 0
                && stats.received() == stats.stored() + stats.duplicates() + stats.rejected();
    }
}
