package gpuanalytics.processor.write;

import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.rollup.CountedRow;

/** What became of one event in the store. */
public sealed interface Outcome {

    /**
     * It was not there, now it is. It counts.
     *
     * @param counted what it adds
     */
    record Stored(CountedRow counted) implements Outcome {}

    /**
     * It was there already, from this very record. It counts unless the rollup's guard says that it
     * does.
     *
     * @param counted what it adds, as it was stored
     */
    record Redelivered(CountedRow counted) implements Outcome {}

    /** Another record with its identity is there. It does not count. */
    record Repeated() implements Outcome {}

    /** The store will never take it. */
    record Rejected(RejectReason reason, String detail) implements Outcome {}
}
