package gpuanalytics.processor.ledger;

import java.time.Instant;
import java.util.NavigableSet;
import java.util.SortedMap;

/**
 * The ledger of an hour.
 *
 * @param cuts where entries are cut within it
 * @param entries by GPU
 */
record HourLedger(Instant hour, NavigableSet<Instant> cuts, SortedMap<EntryKey, Amounts> entries) {

    /** The same over all GPUs of a model. */
    SortedMap<EntryKey, Amounts> overGpus() {
        var sums = new Entries();
        entries.forEach((key, amounts) -> sums.of(key.overGpus()).add(amounts));
        return sums.sorted();
    }
}
