package gpuanalytics.processor.write;

import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.decode.Decided;

/** What became of one event in the store. */
public sealed interface Outcome {

    /**
     * It was not there, now it is. It counts.
     *
     * @param decided what its document says of it
     */
    record Stored(Decided decided) implements Outcome {}

    /**
     * It was there already, from this very record. It counts unless the rollup's guard says that it
     * does.
     *
     * @param decided what was decided of it when it was stored
     */
    record Redelivered(Decided decided) implements Outcome {}

    /** Another record with its identity is there. It does not count. */
    record Repeated() implements Outcome {}

    /** The store will never take it. */
    record Rejected(RejectReason reason, String detail) implements Outcome {}
}
