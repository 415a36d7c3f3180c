package gpuanalytics.processor.query;

import java.time.Duration;

/** The answer took longer than a question may take. */
public final class QueryTimeoutException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public QueryTimeoutException(Duration limit) {
        super("no answer within %d ms".formatted(limit.toMillis()));
    }
}
