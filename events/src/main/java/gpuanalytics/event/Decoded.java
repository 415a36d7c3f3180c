package gpuanalytics.event;

/** What became of a record's bytes. */
public sealed interface Decoded {

    /** They are an event. */
    record Valid(Event event) implements Decoded {}

    /**
     * They are not.
     *
     * @param reason the kind of defect
     * @param detail the thing, its value and what was expected, in one line
     */
    record Rejected(RejectReason reason, String detail) implements Decoded {}
}
