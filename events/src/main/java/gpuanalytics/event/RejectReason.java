package gpuanalytics.event;

/** Why a record is refused. Closed: counters, headers of dead letters and the API use these. */
public enum RejectReason {
    NOT_JSON,
    MISSING_FIELD,
    WRONG_TYPE,
    OUT_OF_RANGE,
    FROM_THE_FUTURE,
    TOO_OLD,
    TOO_LARGE,
    UNKNOWN_TOPIC;

    /** The name in metrics, headers and JSON, such as {@code not_json}. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
