package gpuanalytics.processor.query;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Windows in points of one length. */
final class Windows {

    private Windows() {}

    /**
     * The window of whole minutes that covers a range.
     *
     * @param step a multiple of a minute, or null for one total
     */
    static QueryWindow covering(Instant from, Instant to, @Nullable Duration step) {
        return QueryWindow.of(from, to, step == null ? new Step.Total() : new Step.Fixed(step));
    }
}
