package gpuanalytics.producer.receive;

/** A request that as a whole is not what it says it is: nothing of it was taken. */
public final class BadRequestException extends Exception {

    private static final long serialVersionUID = 1;

    /**
     * Says what is wrong.
     *
     * @param message the thing, its value and what was expected, in one line
     */
    public BadRequestException(String message) {
        super(message);
    }

    /** What is wrong, in one line. */
    public String problem() {
        return String.valueOf(getMessage());
    }
}
