package gpuanalytics.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bearer tokens that let a request in: one per line of a file, which is read again when it has
 * changed. Only their hashes are kept. Any thread may ask.
 */
public final class BearerTokens {

    private static final Logger LOG = LoggerFactory.getLogger(BearerTokens.class);

    private static final String SCHEME = "bearer ";
    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Optional<Path> file;
    private volatile Held held;

    /** What was read of the file when it was last looked at. */
    private record Held(List<byte[]> hashes, Stamp stamp, long lookedNanos) {}

    private record Stamp(FileTime changed, long bytes) {

        static Stamp of(Path file) throws IOException {
            return new Stamp(Files.getLastModifiedTime(file), Files.size(file));
        }
    }

    /**
     * Reads the tokens.
     *
     * @param file empty where everybody may come in
     * @throws IOException when the file cannot be read or has no token
     */
    public BearerTokens(Optional<Path> file) throws IOException {
        this.file = file;
        this.held =
                file.isPresent()
                        ? read(file.get())
                        : new Held(List.of(), new Stamp(FileTime.fromMillis(0), 0), 0);
    }

    /**
     * Whether a request may come in.
     *
     * @param authorization its header of that name, or null where it has none
     */
    public boolean admit(@Nullable String authorization) {
        if (file.isEmpty()) {
            return true;
        }
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return false;
        }
        var hash = hash(authorization.substring(SCHEME.length()).strip());
        boolean known = false;
        for (var each : current(file.get())) {
            known |= MessageDigest.isEqual(each, hash);
        }
        return known;
    }

    /** Whether everybody may come in, because no file was given. */
    public boolean isOpen() {
        return file.isEmpty();
    }

    /**
     * Lets a request in that has a token.
     *
     * @param headers the request's headers by name in lower case
     * @param use what a token is for, such as {@code opens this door}
     * @throws ProblemException with 401 where it has none
     */
    public void require(Map<String, String> headers, String use) {
        if (!admit(headers.get("authorization"))) {
            throw new ProblemException(
                    Problem.of(
                                    401,
                                    "unauthorized",
                                    "the request has no token that %s, expected Authorization: Bearer …"
                                            .formatted(use))
                            .withHeader("www-authenticate", "Bearer"));
        }
    }

    private List<byte[]> current(Path path) {
        var now = held;
        if (System.nanoTime() - now.lookedNanos < LOOK_NANOS) {
            return now.hashes;
        }
        try {
            held =
                    Stamp.of(path).equals(now.stamp)
                            ? new Held(now.hashes, now.stamp, System.nanoTime())
                            : read(path);
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("tokens cannot be read again, those before hold on");
            held = new Held(now.hashes, now.stamp, System.nanoTime());
        }
        return held.hashes;
    }

    private static Held read(Path path) throws IOException {
        var stamp = Stamp.of(path);
        if (stamp.bytes > MAX_FILE_BYTES) {
            throw new IOException(
                    "%s is %d bytes, expected at most %d"
                            .formatted(path, stamp.bytes, MAX_FILE_BYTES));
        }
        var hashes =
                Files.readAllLines(path).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .map(BearerTokens::hash)
                        .toList();
        if (hashes.isEmpty()) {
            throw new IOException(path + " has no token, expected one per line");
        }
        return new Held(hashes, stamp, System.nanoTime());
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
