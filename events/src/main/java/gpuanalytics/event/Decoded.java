package gpuanalytics.event;

/** What became of a record's bytes. */
public sealed interface Decoded {

    /** They are an event. */
    record Valid(Event event) implements Decoded {}

    /**
     * They are not.
     *
     * @param reason the kind of defect
     * @param detail the thing, its value and what was expected: one line of at most {@link
     *     #MAX_DETAIL_CHARS}
     */
    record Rejected(RejectReason reason, String detail) implements Decoded {

        /** The longest detail, in UTF-16 units. */
        public static final int MAX_DETAIL_CHARS = 300;

        public Rejected {
            detail = Excerpt.of(detail, MAX_DETAIL_CHARS);
        }
    }
}
