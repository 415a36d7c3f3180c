package gpuanalytics.bench.load;

/** The machine was too slow to send events at a rate. */
public final class LateFeedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    LateFeedException(String message) {
        super(message);
    }
}
