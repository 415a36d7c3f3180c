package gpuanalytics.processor.consume;

/**
 * How much of a rejected record its dead letter holds; each form is smaller than the one before.
 */
enum LetterForm {
    /** All of it. */
    WHOLE,
    /** A value that is too long is cut. */
    VALUE_CUT,
    /** Of its key and headers only the sizes; a value that is too long is cut. */
    VALUE_ONLY,
    /** Of its value too only the size, and of the defect no detail. */
    SIZES_ONLY;

    /** The next smaller form; the smallest where there is none. */
    LetterForm smaller() {
        return switch (this) {
            case WHOLE -> VALUE_CUT;
            case VALUE_CUT -> VALUE_ONLY;
            case VALUE_ONLY, SIZES_ONLY -> SIZES_ONLY;
        };
    }

    boolean keepsKeyAndHeaders() {
        return this == WHOLE || this == VALUE_CUT;
    }
}
