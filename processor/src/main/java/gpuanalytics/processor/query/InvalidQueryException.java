package gpuanalytics.processor.query;

/** A question that cannot be answered as it is asked: names the parameter, value, expectation. */
public final class InvalidQueryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String parameter;
    private final String value;
    private final String expected;

    public InvalidQueryException(String parameter, String value, String expected) {
        super("%s is %s, expected %s".formatted(parameter, value, expected));
        this.parameter = parameter;
        this.value = value;
        this.expected = expected;
    }

    /** The name of the query's parameter, as in the API. */
    public String parameter() {
        return parameter;
    }

    public String value() {
        return value;
    }

    public String expected() {
        return expected;
    }
}
