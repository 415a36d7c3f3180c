package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gpuanalytics.event.EventTopic;
import java.util.Arrays;

/** The names that a topic's records may have, found by their bytes without making a text. */
final class FieldNames {

    /** A name that means nothing. */
    static final int UNKNOWN = -1;

    /** A name that only the codec understands: another system's, or that of an envelope. */
    static final int RARE = -2;

    /** The name of a total: it means something only beside what it may or may not contain. */
    static final int TOTAL = -3;

    private static final int SLOTS = 2048;
    private static final int LAST = SLOTS - 1;
    private static final byte[] NONE = {};

    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final byte[][] names = new byte[SLOTS][];

    /** The first and the last bytes of each name: all of it, up to sixteen. */
    private final long[] firsts = new long[SLOTS];

    private final long[] lasts = new long[SLOTS];
    private final int[] meanings = new int[SLOTS];

    FieldNames(EventTopic topic) {
        Arrays.fill(names, NONE);
        for (var name : topic.fields().names()) {
            var named = topic.fields().find(name);
            put(name, named != null && named.rank() == 0 ? named.field().index() : RARE);
        }
        topic.fields().totals().forEach(total -> put(total, TOTAL));
        topic.fields().besideOthers().forEach(name -> put(name, RARE));
        put("specversion", RARE);
    }

    /** The index of the field that the bytes name, or {@link #UNKNOWN} or {@link #RARE}. */
    int find(byte[] text, int from, int to) {
        int length = to - from;
        long first = FlatBytes.word(text, from, length);
        long last = last(text, from, to);
        int slot = slot(first, last, length);
        for (; names[slot].length > 0; slot = (slot + 1) & LAST) {
            var name = names[slot];
            if (name.length == length
                    && firsts[slot] == first
                    && lasts[slot] == last
                    && (length <= 2 * Long.BYTES
                            || Arrays.equals(name, 0, length, text, from, to))) {
                return meanings[slot];
            }
        }
        return UNKNOWN;
    }

    private static long last(byte[] text, int from, int to) {
        return FlatBytes.word(
                text, Math.max(from, to - Long.BYTES), Math.min(to - from, Long.BYTES));
    }

    private static int slot(long first, long last, int length) {
        long mixed = (first * SPREAD ^ last) * SPREAD + length;
        return (int) (mixed >>> 40) & LAST;
    }

    private void put(String name, int meaning) {
        var bytes = name.getBytes(US_ASCII);
        long first = FlatBytes.word(bytes, 0, bytes.length);
        long last = last(bytes, 0, bytes.length);
        int slot = slot(first, last, bytes.length);
        while (names[slot].length > 0) {
            slot = (slot + 1) & LAST;
        }
        names[slot] = bytes;
        firsts[slot] = first;
        lasts[slot] = last;
        meanings[slot] = meaning;
    }
}
