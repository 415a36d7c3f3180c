package gpuanalytics.placement.queue;

/** A rehearsal is not taken now; it may be asked for again later. */
public final class RefusedOrderException extends Exception {

    private static final long serialVersionUID = 1L;

    RefusedOrderException(String line) {
        super(line, null, false, false);
    }
}
