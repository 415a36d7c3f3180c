package gpuanalytics.processor.rollup;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.processor.store.StoreLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name of a series within a bucket: its parts, escaped and parted by {@code |}, an absent one
 * empty. Two series never share a name; a long one is a hash.
 */
final class SeriesKey {

    /** Keeps ids short enough to be read and to be cheap in an index. */
    static final int MAX_CHARS = 240;

    /** No other key is without a separator and starts so. */
    private static final String HASHED = "sha256:";

    private SeriesKey() {}

    /** The name of the series with these parts, in a fixed order. */
    static String of(List<@Nullable String> parts) {
        var key = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                key.append('|');
            }
            append(key, parts.get(i));
        }
        return key.length() <= MAX_CHARS ? key.toString() : HASHED + hash(key.toString());
    }

    /** The series that the events of surplus ones count under. */
    static String other() {
        return StoreLayout.OTHER; // without a separator, so not the series of a model "other"
    }

    private static void append(StringBuilder key, @Nullable String part) {
        if (part == null) {
            return;
        }
        for (int i = 0; i < part.length(); i++) {
            var c = part.charAt(i);
            if (c == '|' || c == '\\') {
                key.append('\\');
            }
            key.append(c);
        }
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
