package gpuanalytics.service.http;

import java.time.Duration;

/** Making an answer took longer than it may. */
public final class WorkTimeoutException extends RuntimeException {

    private static final long serialVersionUID = 1;

    WorkTimeoutException(Duration limit) {
        super("no answer within %d ms".formatted(limit.toMillis()));
    }
}
