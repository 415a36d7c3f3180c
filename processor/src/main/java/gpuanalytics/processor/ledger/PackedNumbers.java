package gpuanalytics.processor.ledger;

import java.util.Arrays;

/**
 * Whole numbers in a row of bytes, small ones in few: seven bits a byte, the lowest first, and the
 * eighth says that more follow. Numbers with a sign have it in the lowest bit (as in Protocol
 * Buffers' {@code sint64}).
 */
final class PackedNumbers {

    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;
    private static final int MOST_BYTES = 10;
    private static final int FIRST_BYTES = 1 << 12;

    private PackedNumbers() {}

    /** Puts numbers in a row. For one thread. */
    static final class Writer {

        private byte[] bytes = new byte[FIRST_BYTES];
        private int end;

        /** Adds a number; one below 0 takes ten bytes. */
        void add(long number) {
            if (bytes.length - end < MOST_BYTES) {
                bytes = Arrays.copyOf(bytes, 2 * bytes.length);
            }
            long left = number;
            while ((left & -MORE) != 0) {
                bytes[end++] = (byte) (left | MORE);
                left >>>= BITS;
            }
            bytes[end++] = (byte) left;
        }

        void addSigned(long number) {
            add((number << 1) ^ (number >> (Long.SIZE - 1)));
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, end);
        }
    }

    /** Reads them in their order. For one thread. */
    static final class Reader {

        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean hasNext() {
            return at < bytes.length;
        }

        long next() {
            long number = 0;
            for (int shift = 0; ; shift += BITS) {
                byte part = bytes[at++];
                number |= (long) (part & (MORE - 1)) << shift;
                if (part >= 0) {
                    return number;
                }
            }
        }

        long nextSigned() {
            long number = next();
            return (number >>> 1) ^ -(number & 1);
        }
    }
}
