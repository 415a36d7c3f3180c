package gpuanalytics.processor.ledger;

import java.time.Instant;
import java.util.NavigableSet;

/**
 * The ledger of an hour.
 *
 * @param cuts where entries are cut within it
 * @param entries by GPU
 */
record HourLedger(Instant hour, NavigableSet<Instant> cuts, Entries entries) {

    /** The same over all GPUs of a model. */
    Entries overGpus() {
        var sums = new Entries();
        sums.add(entries, EntryKey::overGpus);
        return sums;
    }
}
