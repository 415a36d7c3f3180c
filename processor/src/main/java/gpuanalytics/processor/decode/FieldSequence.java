package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gpuanalytics.event.EventTopic;
import java.util.Arrays;

/**
 * Which field followed which in the records before: senders write theirs in one order, so the next
 * name is nearly always the one that came there last, and need only be compared. For one thread.
 */
final class FieldSequence {

    /** What stands before the first field. */
    static final int START = -1;

    /** No field, or none that is known here. */
    static final int NONE = -1;

    /** By field: its name in quotes, as words of eight bytes; the last one ends with the name. */
    private final long[][] words;

    /** By field: how many bytes that is. */
    private final int[] lengths;

    /** By the field before, that before the first at 0: which came next. */
    private final int[] next;

    FieldSequence(EventTopic topic) {
        var fields = topic.fields().fields();
        this.words = new long[fields.size()][];
        this.lengths = new int[fields.size()];
        this.next = new int[fields.size() + 1];
        Arrays.fill(next, NONE);
        for (var field : fields) {
            var quoted = ('"' + field.name() + '"').getBytes(US_ASCII);
            lengths[field.index()] = quoted.length;
            words[field.index()] = words(quoted);
        }
    }

    private static long[] words(byte[] quoted) {
        var words = new long[(quoted.length + Long.BYTES - 1) / Long.BYTES];
        for (int i = 0; i < words.length; i++) {
            int from = i == 0 ? 0 : Math.min(i * Long.BYTES, quoted.length - Long.BYTES);
            words[i] = FlatBytes.word(quoted, from, Math.min(quoted.length, Long.BYTES));
        }
        return words;
    }

    /** The field that came next, if its name in quotes stands here again; else {@link #NONE}. */
    int expected(int before, byte[] text, int at, int end) {
        int field = next[before + 1];
        return field != NONE && stands(field, text, at, end) ? field : NONE;
    }

    private boolean stands(int field, byte[] text, int at, int end) {
        int length = lengths[field];
        if (at + Math.max(length, Long.BYTES) > end) {
            return false;
        }
        var name = words[field];
        long first = FlatBytes.word(text, at, length);
        if (first != name[0]) {
            return false;
        }
        for (int i = 1; i < name.length; i++) {
            int from = at + Math.min(i * Long.BYTES, length - Long.BYTES);
            if (FlatBytes.word(text, from, Long.BYTES) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes the name of a field has, in quotes. */
    int length(int field) {
        return lengths[field];
    }

    /** Notes that one field came behind another. */
    void follows(int before, int field) {
        next[before + 1] = field;
    }
}
