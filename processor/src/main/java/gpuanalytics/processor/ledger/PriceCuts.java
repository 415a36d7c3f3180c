package gpuanalytics.processor.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Where prices may change within a time, to the minute. */
final class PriceCuts {

    private final Instant start;
    private final NavigableSet<Instant> cuts = new TreeSet<>();

    /**
     * @param start the start of the time
     * @param changes moments within it; one within a minute counts from the next minute on
     */
    PriceCuts(Instant start, Collection<Instant> changes) {
        this.start = start;
        changes.forEach(change -> cuts.add(nextMinute(change)));
    }

    private static Instant nextMinute(Instant change) {
        long seconds = Math.ceilDiv(change.getEpochSecond(), 60) * 60;
        var minute = Instant.ofEpochSecond(seconds);
        return minute.isBefore(change) ? minute.plus(Duration.ofMinutes(1)) : minute;
    }

    /** The start of the part that a minute lies in. */
    Instant startOf(Instant minute) {
        var cut = cuts.isEmpty() ? null : cuts.floor(minute);
        return cut == null ? start : cut;
    }

    /** The cuts, the start not among them. */
    NavigableSet<Instant> cuts() {
        return cuts;
    }

    /** Whether entries that are cut here can be rated where others ask for cuts. */
    boolean covers(PriceCuts asked) {
        return cuts.containsAll(asked.cuts);
    }
}
