package gpuanalytics.service.config;

/**
 * A value that must not be printed: only {@link #reveal()} shows it.
 *
 * @param reveal the value
 */
public record Secret(String reveal) {

    @Override
    public String toString() {
        return "(secret)";
    }
}
