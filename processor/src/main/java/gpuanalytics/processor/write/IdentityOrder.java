package gpuanalytics.processor.write;

import gpuanalytics.processor.write.Insertion.Pending;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Sorts rows by their identities. Those begin alike, so that to compare two of them is slow: most
 * of the work is done with numbers, made of what stands behind that.
 */
final class IdentityOrder {

    private static final Comparator<Pending> BY_IDENTITY =
            Comparator.comparing(pending -> pending.row().id());

    private static final int PLACE_BITS = 21;
    private static final int CHARS = 6;
    private static final int CHAR_BITS = 7;
    private static final int LAST_CHAR = (1 << CHAR_BITS) - 1;

    private IdentityOrder() {}

    static List<Pending> sorted(List<Pending> rows) {
        var sorted = rows.size() < 1 << PLACE_BITS ? nearlySorted(rows) : new ArrayList<>(rows);
        // Exact, and quick for what is nearly so.
        sorted.sort(BY_IDENTITY);
        return sorted;
    }

    private static List<Pending> nearlySorted(List<Pending> rows) {
        int common = commonChars(rows);
        var keys = new long[rows.size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key(rows.get(i).row().id(), common) << PLACE_BITS | i;
        }
        Arrays.sort(keys);
        var sorted = new ArrayList<Pending>(keys.length);
        for (long key : keys) {
            sorted.add(rows.get((int) key & ((1 << PLACE_BITS) - 1)));
        }
        return sorted;
    }

    /** With how many characters all identities begin. */
    private static int commonChars(List<Pending> rows) {
        if (rows.isEmpty()) {
            return 0;
        }
        var first = rows.getFirst().row().id();
        int common = first.length();
        for (var pending : rows) {
            var id = pending.row().id();
            common = Math.min(common, id.length());
            int same = 0;
            while (same < common && id.charAt(same) == first.charAt(same)) {
                same++;
            }
            common = same;
        }
        return common;
    }

    private static long key(String id, int from) {
        long key = 0;
        for (int i = from; i < from + CHARS; i++) {
            int next = i < id.length() ? Math.min(id.charAt(i), LAST_CHAR) : 0;
            key = key << CHAR_BITS | next;
        }
        return key;
    }
}
