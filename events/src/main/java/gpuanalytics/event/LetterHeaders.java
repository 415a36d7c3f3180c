package gpuanalytics.event;

/** The headers of a dead letter: from where what was rejected is, and why. */
public final class LetterHeaders {

    /** The kind of defect, see {@link RejectReason#label()}. */
    public static final String REASON = "dead_letter.reason";

    /** The thing, its value and what was expected, in one line. */
    public static final String DETAIL = "dead_letter.detail";

    /** The name of the topic that the record is from, or that it was to go to. */
    public static final String TOPIC = "dead_letter.topic";

    public static final String TOPIC_ID = "dead_letter.topic_id";
    public static final String PARTITION = "dead_letter.partition";
    public static final String OFFSET = "dead_letter.offset";

    /** The epoch of the leader that took the record; missing where not known. */
    public static final String LEADER_EPOCH = "dead_letter.leader_epoch";

    /** The record's time, or when it was refused before it was one; ISO 8601. */
    public static final String TIMESTAMP = "dead_letter.timestamp";

    /** Only where the value did not fit and is cut: how many bytes it had. */
    public static final String TRUNCATED_FROM_BYTES = "dead_letter.truncated_from_bytes";

    /** Only where the key did not fit and is left out: how many bytes it had. */
    public static final String KEY_BYTES = "dead_letter.key_bytes";

    /** Only where the record's own headers did not fit and are left out: how many there were. */
    public static final String HEADERS = "dead_letter.headers";

    /** Beside {@link #HEADERS}: how many bytes their names and values had. */
    public static final String HEADER_BYTES = "dead_letter.header_bytes";

    /** Only where it was refused at a door and never was a record: the door's name. */
    public static final String DOOR = "dead_letter.door";

    /** Beside {@link #DOOR}: the media type of the value, where it is known. */
    public static final String CONTENT_TYPE = "content-type";

    private LetterHeaders() {}
}
