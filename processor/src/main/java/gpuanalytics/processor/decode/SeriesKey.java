package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.GpuId;
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
public final class SeriesKey {

    /** Keeps ids short enough to be read and to be cheap in an index. */
    static final int MAX_CHARS = 240;

    /** No other key is without a separator and starts so. */
    private static final String HASHED = "sha256:";

    private static final char SEPARATOR = '|';
    private static final char FOLDED = '\\';

    private SeriesKey() {}

    /** The name of the series with these parts, in a fixed order. */
    public static String of(List<@Nullable String> parts) {
        var key = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                key.append(SEPARATOR);
            }
            append(key, parts.get(i));
        }
        return key.length() <= MAX_CHARS ? key.toString() : HASHED + hex(key.toString());
    }

    /** The name of the series of a GPU, or of one of its MIG instances. */
    static String ofGpu(String gpu, @Nullable String mig) {
        var name = GpuId.instance(gpu, mig);
        // No escape in a name stands before this letter, so it is no other GPU's name.
        return name.equals(StoreLayout.OTHER) ? '\\' + name : name;
    }

    /** The series that the events of surplus ones count under. */
    public static String other() {
        return StoreLayout.OTHER; // without a separator, so not the series of a model "other"
    }

    /** The series that the usages of surplus ones count under whose GPU is known. */
    public static String otherOf(@Nullable String gpu) {
        if (gpu == null) {
            return other();
        }
        var key = new StringBuilder();
        append(key, gpu);
        // With one separator, so not the series of a model "other" either.
        return StoreLayout.OTHER
                + SEPARATOR
                + (key.length() <= MAX_CHARS ? key : HASHED + hex(key.toString()));
    }

    /** What the names of series begin with in which these labels are folded. */
    static String foldedPrefix(List<String> labels) {
        // No escape in a name stands before a letter, so it begins no other series.
        return FOLDED + String.join(",", labels) + SEPARATOR;
    }

    /** Whether some, but not all, labels of a series are folded. */
    public static boolean isFolded(String series) {
        return series.length() > 1
                && series.charAt(0) == FOLDED
                && Character.isLetter(series.charAt(1));
    }

    /** Whether a series is one that surplus ones count under, all labels folded. */
    public static boolean isOther(String series) {
        if (!series.startsWith(StoreLayout.OTHER)) {
            return false;
        }
        var rest = series.substring(StoreLayout.OTHER.length());
        return rest.isEmpty() || (rest.charAt(0) == SEPARATOR && separators(rest) == 1);
    }

    /** A hash of a series' name, the same in every process: FNV-1a over its characters, mixed. */
    public static long hash(String series) {
        var hash = 0xcbf29ce484222325L;
        for (int i = 0; i < series.length(); i++) {
            hash = (hash ^ series.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L;
        return hash ^ (hash >>> 29);
    }

    /** How many separators there are that are not escaped. */
    private static int separators(String text) {
        int count = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == SEPARATOR) {
                count++;
            }
        }
        return count;
    }

    private static void append(StringBuilder key, @Nullable String part) {
        if (part == null) {
            return;
        }
        for (int i = 0; i < part.length(); i++) {
            var c = part.charAt(i);
            if (c == SEPARATOR || c == '\\') {
                key.append('\\');
            }
            key.append(c);
        }
    }

    private static String hex(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
