package gpuanalytics.processor.write;

import gpuanalytics.processor.decode.DecodedRecord.Row;
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
            Comparator.comparing(Pending::row, Row::compareIdentity);

    private static final int PLACE_BITS = 21;
    private static final int BYTES = 6;
    private static final int BYTE_BITS = 7;
    private static final int LAST_BYTE = (1 << BYTE_BITS) - 1;

    private IdentityOrder() {}

    static List<Pending> sorted(List<Pending> rows) {
        var sorted = rows.size() < 1 << PLACE_BITS ? nearlySorted(rows) : new ArrayList<>(rows);
        // Exact, and quick for what is nearly so.
        sorted.sort(BY_IDENTITY);
        return sorted;
    }

    private static List<Pending> nearlySorted(List<Pending> rows) {
        int common = commonBytes(rows);
        var keys = new long[rows.size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key(rows.get(i).row(), common) << PLACE_BITS | i;
        }
        Arrays.sort(keys);
        var sorted = new ArrayList<Pending>(keys.length);
        for (long key : keys) {
            sorted.add(rows.get((int) key & ((1 << PLACE_BITS) - 1)));
        }
        return sorted;
    }

    /** With how many bytes all identities begin. */
    private static int commonBytes(List<Pending> rows) {
        if (rows.isEmpty()) {
            return 0;
        }
        var first = rows.getFirst().row();
        int common = Integer.MAX_VALUE;
        for (var pending : rows) {
            common = first.commonIdentity(pending.row(), common);
        }
        return common;
    }

    private static long key(Row row, int from) {
        long key = 0;
        for (int i = from; i < from + BYTES; i++) {
            key = key << BYTE_BITS | Math.min(row.identityByte(i), LAST_BYTE);
        }
        return key;
    }
}
