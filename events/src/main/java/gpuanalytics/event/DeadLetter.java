package gpuanalytics.event;

/**
 * What a record of the dead-letter topic carries: the refused record's key, value and headers
 * unchanged, and these headers, UTF-8 text, beside them.
 */
public final class DeadLetter {

    /** The topic's name unless the configuration says otherwise. */
    public static final String DEFAULT_TOPIC = "dead.letters.v1";

    /** The name of the topic that the record came from. */
    public static final String TOPIC = "dead_letter_topic";

    /** The id of that topic: after it is deleted and made again the offsets start anew. */
    public static final String TOPIC_ID = "dead_letter_topic_id";

    /** The record's partition there, a decimal number. */
    public static final String PARTITION = "dead_letter_partition";

    /** The record's offset there, a decimal number. */
    public static final String OFFSET = "dead_letter_offset";

    /** The record's own timestamp, milliseconds since 1970, a decimal number. */
    public static final String TIMESTAMP = "dead_letter_timestamp";

    /** The reason, a {@link RejectReason#label()}. */
    public static final String REASON = "dead_letter_reason";

    /** The defect in one line, see {@link Decoded.Rejected#detail()}. */
    public static final String DETAIL = "dead_letter_detail";

    private DeadLetter() {}
}
