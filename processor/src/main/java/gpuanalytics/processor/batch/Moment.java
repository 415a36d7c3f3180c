package gpuanalytics.processor.batch;

/** The moments in a record's way at which the process may end and nothing may be lost by it. */
public enum Moment {
    POLLED,
    DECODED,
    DISPATCHED,
    RAW_STORED,
    DEAD_LETTERS_SENT,
    ROLLUPS_BEGIN,
    ROLLED_UP,
    COMPLETED,
    COMMITTED,
    REVOKING;

    /** Told of each moment; a test ends the pipeline from here by throwing. */
    public interface Observer {
        void reached(Moment step);
    }
}
