package gpuanalytics.processor.decode;

import java.util.Arrays;

/** The names in a record that mean nothing, to find one that is there twice. For one thread. */
final class UnknownNames {

    /** More of them are not plain; each is compared with all others. */
    private static final int MAX = 16;

    private final int[] from = new int[MAX];
    private final int[] to = new int[MAX];
    private int count;

    void clear() {
        count = 0;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Notes a name by where it stands in the record; false where it is there or they are many. */
    boolean add(byte[] record, int begin, int end) {
        if (count == MAX) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (Arrays.equals(record, from[i], to[i], record, begin, end)) {
                return false;
            }
        }
        from[count] = begin;
        to[count] = end;
        count++;
        return true;
    }
}
