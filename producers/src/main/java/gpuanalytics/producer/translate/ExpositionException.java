package gpuanalytics.producer.translate;

import java.util.Objects;

/** A text is none of Prometheus' format; the message says which line, and what was expected. */
public final class ExpositionException extends Exception {

    private static final long serialVersionUID = 1L;

    ExpositionException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
