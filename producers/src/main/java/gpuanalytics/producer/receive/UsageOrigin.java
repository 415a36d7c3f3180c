package gpuanalytics.producer.receive;

import java.util.Locale;

/** What the usage of a service is counted from, where it comes by OpenTelemetry. */
public enum UsageOrigin {
    SPANS,
    LOGS,
    METRICS,
    /** None of these: a source asks the service for its counters. */
    SCRAPE;

    /** The name, as in variables and messages. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
