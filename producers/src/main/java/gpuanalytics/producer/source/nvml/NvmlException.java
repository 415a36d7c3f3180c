package gpuanalytics.producer.source.nvml;

/** A call of the library that failed for more than its own reading. */
final class NvmlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final NvmlStatus status;

    NvmlException(String function, NvmlStatus status) {
        super(function + " answers " + status.symbol());
        this.status = status;
    }

    NvmlStatus status() {
        return status;
    }
}
