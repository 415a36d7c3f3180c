package gpuanalytics.processor.write;

import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.decode.Overflow;

/** What became of one event in the store. */
public sealed interface Outcome {

    /**
     * It was not there, now it is. It counts.
     *
     * @param overflow under which series, as its document says
     */
    record Stored(Overflow overflow) implements Outcome {}

    /**
     * It was there already, from this very record. It counts unless the rollup's guard says that it
     * does.
     *
     * @param overflow under which series, as was decided when it was stored
     */
    record Redelivered(Overflow overflow) implements Outcome {}

    /** Another record with its identity is there. It does not count. */
    record Repeated() implements Outcome {}

    /** The store will never take it. */
    record Rejected(RejectReason reason, String detail) implements Outcome {}
}
