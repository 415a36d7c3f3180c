package gpuanalytics.processor.ledger;

import java.time.Instant;

/** Takes entries of ledgers. */
interface EntryReader {

    /**
     * An entry.
     *
     * @param start of its ledger: an hour, or a day
     */
    void read(Instant start, EntryKey key, Amounts amounts);
}
