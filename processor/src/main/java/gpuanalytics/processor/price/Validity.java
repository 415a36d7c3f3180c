package gpuanalytics.processor.price;

import java.time.Instant;
import java.util.Optional;

/**
 * When a price holds.
 *
 * @param from the first moment
 * @param to the moment from which it holds no more; empty where it holds until another begins
 */
public record Validity(Instant from, Optional<Instant> to) {

    public Validity {
        if (to.isPresent() && !to.get().isAfter(from)) {
            throw new IllegalArgumentException(
                    "effective_to is %s, expected after %s".formatted(to.get(), from));
        }
    }

    boolean covers(Instant at) {
        return !at.isBefore(from) && (to.isEmpty() || at.isBefore(to.get()));
    }

    /** Whether it says to hold at a moment at which the later one begins. */
    boolean runsInto(Validity later) {
        return from.equals(later.from) || (to.isPresent() && to.get().isAfter(later.from));
    }
}
