package gpuanalytics.producer.source.replay;

import java.util.Locale;

/** Why a row of a trace gives no event. */
enum DropReason {
    /** A value that the event needs is empty. */
    MISSING_VALUE,
    /** A number is not one. */
    BAD_NUMBER,
    /** A time is not one. */
    BAD_TIME,
    /** A value is one that the event contract does not allow. */
    OUT_OF_RANGE,
    /** No token was read or written. */
    NO_TOKENS,
    /** It lies before a row above it, in a file that must be sorted by time to be joined. */
    OUT_OF_ORDER,
    /** The GPU has this reading at this time already. */
    DUPLICATE,
    /** More GPUs have a reading at one time than can be joined. */
    TOO_MANY_AT_ONCE;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
