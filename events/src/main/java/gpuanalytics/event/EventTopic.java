package gpuanalytics.event;

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
}
