package gpuanalytics.event;

import java.util.List;

/** What became of a record's bytes. */
public sealed interface Decoded {

    /**
     * They are an event.
     *
     * @param refused the readings that it lacks because what was said of them is none
     */
    record Valid(Event event, List<Refusal> refused) implements Decoded {

        public Valid {
            refused = List.copyOf(refused);
        }

        /** An event of which nothing was refused. */
        public Valid(Event event) {
            this(event, List.of());
        }
    }

    /**
     * A reading that its event lacks.
     *
     * @param field the name of its field, or {@link #UNKNOWN_NAMES}
     * @param reason the kind of defect
     * @param said what was said of it, or the names that were seen; one line of at most 64
     *     characters
     * @param isPassedOn whether it was refused, and counted, before: at a door
     */
    record Refusal(String field, RejectReason reason, String said, boolean isPassedOn) {

        /** Stands for the field of a sample that has no reading, only names that mean nothing. */
        public static final String UNKNOWN_NAMES = "unknown_names";

        public Refusal {
            said = Excerpt.of(said);
        }

        /** One that is refused here. */
        public Refusal(String field, RejectReason reason, String said) {
            this(field, reason, said, false);
        }
    }

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
