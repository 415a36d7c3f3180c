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

    private final byte[][] names = new byte[SLOTS][];
    private final int[] meanings = new int[SLOTS];

    FieldNames(EventTopic topic) {
        Arrays.fill(names, NONE);
        for (var name : topic.fields().names()) {
            var named = topic.fields().find(name);
            put(name, named != null && named.rank() == 0 ? named.field().index() : RARE);
        }
        topic.fields().totals().forEach(total -> put(total, TOTAL));
        put("specversion", RARE);
        put("tokens", RARE); // of one direction, as OpenMeter has them
    }

    /** The index of the field that the bytes name, or {@link #UNKNOWN} or {@link #RARE}. */
    int find(byte[] text, int from, int to, int hash) {
        int length = to - from;
        for (int slot = hash & LAST; names[slot].length > 0; slot = (slot + 1) & LAST) {
            var name = names[slot];
            if (name.length == length && Arrays.equals(name, 0, length, text, from, to)) {
                return meanings[slot];
            }
        }
        return UNKNOWN;
    }

    /** The hash of a name so far and its next byte. */
    static int hash(int hash, byte next) {
        return hash * 31 + next;
    }

    private void put(String name, int meaning) {
        var bytes = name.getBytes(US_ASCII);
        int hash = 0;
        for (byte next : bytes) {
            hash = hash(hash, next);
        }
        int slot = hash & LAST;
        while (names[slot].length > 0) {
            slot = (slot + 1) & LAST;
        }
        names[slot] = bytes;
        meanings[slot] = meaning;
    }
}
