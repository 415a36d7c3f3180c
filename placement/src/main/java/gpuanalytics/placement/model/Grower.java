package gpuanalytics.placement.model;

import java.time.Instant;
import java.util.List;

/** Makes a model of cases; a test may make a bad one. */
@FunctionalInterface
interface Grower {

    /**
     * Makes a model.
     *
     * @param from the cases became known after this
     * @param to and not after this
     */
    TargetModel grow(
            Target target,
            List<Case> cases,
            ModelSettings settings,
            Instant from,
            Instant to,
            Instant now)
            throws InterruptedException;
}
