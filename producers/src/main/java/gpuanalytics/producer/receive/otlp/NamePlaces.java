package gpuanalytics.producer.receive.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Where names in the bytes of a request stand among {@link GenAiName#ALL}. */
final class NamePlaces {

    /** Is not among them. */
    static final int NONE = -1;

    /** A power of two, and several times as many as there are names. */
    private static final int SLOTS = 256;

    private static final byte[] NO_NAME = new byte[0];
    private static final byte[][] NAMES = new byte[SLOTS][];
    private static final int[] PLACES = new int[SLOTS];

    static {
        Arrays.fill(NAMES, NO_NAME);
        for (int place = 0; place < GenAiName.ALL.size(); place++) {
            var name = GenAiName.ALL.get(place).attribute().getBytes(UTF_8);
            int slot = slot(name, 0, name.length);
            while (NAMES[slot].length > 0) {
                slot = (slot + 1) % SLOTS;
            }
            NAMES[slot] = name;
            PLACES[slot] = place;
        }
    }

    private NamePlaces() {}

    /** The place of the name that lies there in the bytes, or {@link #NONE}. */
    static int of(byte[] bytes, int from, int length) {
        if (length == 0) {
            return NONE;
        }
        for (int slot = slot(bytes, from, length); ; slot = (slot + 1) % SLOTS) {
            var name = NAMES[slot];
            if (name.length == 0) {
                return NONE;
            }
            if (Arrays.equals(bytes, from, from + length, name, 0, name.length)) {
                return PLACES[slot];
            }
        }
    }

    /** Names differ in their lengths, and then most often in the middle or at the end. */
    private static int slot(byte[] bytes, int from, int length) {
        int hash = (length * 31 + bytes[from + length / 2]) * 31 + bytes[from + length - 1];
        return (hash ^ hash >>> 8) & (SLOTS - 1);
    }
}
