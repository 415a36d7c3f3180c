package gpuanalytics.event;

import java.util.Locale;

/** Why a record is rejected. Closed: counters, headers of dead letters and the API use these. */
public enum RejectReason {
    /** Not one JSON object in UTF-8. */
    NOT_JSON,
    /** A required field has no value. */
    MISSING_FIELD,
    /** A value of another kind than its field's. */
    WRONG_TYPE,
    /** A value that its field may not take, or that contradicts another field. */
    OUT_OF_RANGE,
    /** Its time lies further ahead than the processor accepts. */
    FROM_THE_FUTURE,
    /** Its time lies further back than the processor accepts. */
    TOO_OLD,
    /**
     * The record has more bytes, or its JSON more levels, than accepted; or the store refuses it.
     */
    TOO_LARGE,
    /** It names a topic that is not one of the two. */
    UNKNOWN_TOPIC,
    /** It contradicts what is stored under its identity. */
    CONFLICT;

    /** The name in metrics, headers and JSON, such as {@code not_json}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
