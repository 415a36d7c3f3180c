package gpuanalytics.service.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a file with a secret holds.
 *
 * @param content the secret; empty where the file is no such file
 * @param expected what the file is to be
 */
record SecretFile(Optional<String> content, String expected) {

    /** A secret is a line, not more; anything larger is a mistake. */
    static final int MAX_BYTES = 64 * 1024;

    static SecretFile read(String file) {
        try {
            var path = Path.of(file);
            if (!Files.isRegularFile(path) || Files.size(path) > MAX_BYTES) {
                return unfit("a readable file of at most " + Notation.plainBytes(MAX_BYTES));
            }
            var content = Files.readString(path).strip();
            return content.isEmpty()
                    ? unfit("a file that is not empty")
                    : new SecretFile(Optional.of(content), "");
        } catch (IOException | InvalidPathException e) {
            return unfit("a readable file of UTF-8 text");
        }
    }

    private static SecretFile unfit(String expected) {
        return new SecretFile(Optional.empty(), expected);
    }
}
