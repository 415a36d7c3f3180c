package gpuanalytics.processor.query;

/** The store cannot be asked at the moment; the same question may be answered later. */
public final class StoreUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
