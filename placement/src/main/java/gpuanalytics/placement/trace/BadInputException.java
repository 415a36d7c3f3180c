package gpuanalytics.placement.trace;

/** Input that cannot be used; the message is one line that names thing, value and expectation. */
public final class BadInputException extends Exception {

    private static final long serialVersionUID = 1L;

    public BadInputException(String line) {
        super(line, null, false, false);
    }

    /** The line that says what is wrong. */
    public String line() {
        return String.valueOf(getMessage());
    }
}
