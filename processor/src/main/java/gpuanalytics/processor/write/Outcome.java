package gpuanalytics.processor.write;

import gpuanalytics.event.RejectReason;

/** What became of one event in the store. */
public sealed interface Outcome {

    /**
     * It was not there, now it is. It counts.
     *
     * @param overflow whether it is marked to count under {@code other}
     */
    record Stored(boolean overflow) implements Outcome {}

    /**
     * It was there already, from this very record. It counts unless the rollup's guard says that it
     * does.
     *
     * @param overflow what was decided when it was stored
     */
    record Redelivered(boolean overflow) implements Outcome {}

    /** Another record with its identity is there. It does not count. */
    record Repeated() implements Outcome {}

    /** The store will never take it. */
    record Refused(RejectReason reason, String detail) implements Outcome {}
}
