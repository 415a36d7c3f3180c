package gpuanalytics.event;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which known name is meant by one that is not known: the one with the fewest letters changed. */
final class NearestName {

    /** Longer names are not compared: the work grows with the square. */
    private static final int MAX_CHARS = 64;

    /** Of each name, one letter in so many may differ, and one at least. */
    private static final int LETTERS_PER_ERROR = 3;

    /** So many names that are not known are compared. */
    private static final int MAX_SEEN = 4;

    /** A name that was seen and the one that is near. */
    record Pair(String seen, String known) {}

    private NearestName() {}

    /** The nearest pair of a name that was seen and a known one; null where none is near. */
    static @Nullable Pair of(List<String> seen, Collection<String> known) {
        Pair best = null;
        int least = Integer.MAX_VALUE;
        for (var name : seen.stream().limit(MAX_SEEN).toList()) {
            var letters = letters(name);
            if (letters.length() > MAX_CHARS) {
                continue;
            }
            for (var candidate : known) {
                var other = letters(candidate);
                int most = allowed(Math.max(letters.length(), other.length()));
                int bound = Math.min(most, least);
                if (Math.abs(letters.length() - other.length()) <= bound) {
                    int distance = EditDistance.between(letters, other);
                    boolean shorter = best == null || candidate.length() < best.known.length();
                    if (distance < least ? distance <= bound : distance == least && shorter) {
                        least = distance;
                        best = new Pair(name, candidate);
                    }
                }
            }
        }
        return best;
    }

    private static int allowed(int length) {
        return (length + LETTERS_PER_ERROR - 1) / LETTERS_PER_ERROR;
    }

    private static String letters(String name) {
        return name.replaceAll("[^\\p{Alnum}]", "").toLowerCase(Locale.ROOT);
    }
}
