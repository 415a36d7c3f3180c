package gpuanalytics.producer.receive;

import java.time.Duration;

/**
 * Nothing is taken at present, or it is not known to be in Kafka: the client is to send all of it
 * again after a while. What has an identity counts once nevertheless.
 */
public final class UnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    public UnavailableException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /** When to come again, in whole seconds. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
