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

    private static final int SLOTS = 1024;
    private static final byte[] NONE = {};

    private final byte[][] names = new byte[SLOTS][];
    private final int[] meanings = new int[SLOTS];

    FieldNames(EventTopic topic) {
        Arrays.fill(names, NONE);
        for (var field : topic.fields().fields()) {
            put(field.name(), field.index());
            field.aliases().forEach(alias -> put(alias.name(), RARE));
        }
        put("specversion", RARE);
    }

    /** The index of the field that the bytes name, or {@link #UNKNOWN} or {@link #RARE}. */
    int find(byte[] text, int from, int to, int hash) {
        int length = to - from;
        for (int slot = hash & SLOTS - 1; names[slot].length > 0; slot = slot + 1 & SLOTS - 1) {
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
        int slot = hash & SLOTS - 1;
        while (names[slot].length > 0) {
            slot = slot + 1 & SLOTS - 1;
        }
        names[slot] = bytes;
        meanings[slot] = meaning;
    }
}
