package gpuanalytics.event;

import java.time.Instant;

/** The two kinds of event and the topics they have by default. */
public enum EventTopic {
    /** GPU samples. */
    GPU_METRICS("gpu.metrics.v1"),
    /** Token usages. */
    TOKEN_USAGE("token.usage.v1");

    private final String defaultName;

    EventTopic(String defaultName) {
        this.defaultName = defaultName;
    }

    /** The topic's name unless the configuration says otherwise. */
    public String defaultName() {
        return defaultName;
    }

    /** The fields of the topic's events. */
    public FieldTable fields() {
        return switch (this) {
            case GPU_METRICS -> GpuMetric.TABLE;
            case TOKEN_USAGE -> TokenUsage.TABLE;
        };
    }

    /** The field that tells when it happened. */
    public Field<Instant> ts() {
        return switch (this) {
            case GPU_METRICS -> GpuMetric.TS;
            case TOKEN_USAGE -> TokenUsage.TS;
        };
    }

    /** The field that holds the sender's own identity of the event. */
    public Field<String> eventId() {
        return switch (this) {
            case GPU_METRICS -> GpuMetric.EVENT_ID;
            case TOKEN_USAGE -> TokenUsage.EVENT_ID;
        };
    }
}
