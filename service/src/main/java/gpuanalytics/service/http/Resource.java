package gpuanalytics.service.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Files that lie in a program's jars. */
public final class Resource {

    private Resource() {}

    /**
     * The content of a file.
     *
     * @param path its path from the root of the class path
     */
    public static byte[] read(String path) {
        try (var file = Resource.class.getResourceAsStream("/" + path)) {
            return Objects.requireNonNull(file, path).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
