package gpuanalytics.producer.publish;

/** What has become of a record that was handed over. */
public enum Fate {
    /** Every replica in sync has it. */
    ACKNOWLEDGED,
    /** Kafka takes no record as large as it. */
    TOO_LARGE,
    /** There was no room for it, or no answer about its topic: it was not handed over. */
    NOT_TAKEN,
    /** Kafka refuses it, as it would any. */
    FAILED
}
