package gpuanalytics.processor.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Files of the API that lie in its jar. */
final class Resource {

    private Resource() {}

    /**
     * The content of a file.
     *
     * @param path its path from the root of the class path
     */
    static byte[] read(String path) {
        try (var file = Resource.class.getResourceAsStream("/" + path)) {
            return Objects.requireNonNull(file, path).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
