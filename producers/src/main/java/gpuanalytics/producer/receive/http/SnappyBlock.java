package gpuanalytics.producer.receive.http;

import gpuanalytics.producer.receive.BadRequestException;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.Snappy;

/** Snappy's block format, as Prometheus sends it. */
final class SnappyBlock {

    /** A length has 32 bits, seven to a byte. */
    private static final int MOST_LENGTH_BYTES = 5;

    private SnappyBlock() {}

    /**
     * How long a block says that it becomes.
     *
     * @throws BadRequestException where it does not say
     */
    static long length(byte[] block) throws BadRequestException {
        long length = 0;
        for (int i = 0; i < Math.min(block.length, MOST_LENGTH_BYTES); i++) {
            length |= (block[i] & 0x7fL) << (7 * i);
            if (block[i] >= 0) {
                return length;
            }
        }
        throw bad("it does not say its length");
    }

    /**
     * What a block becomes.
     *
     * @param length what it says
     * @throws BadRequestException where it becomes something else
     */
    static byte[] decompressed(byte[] block, int length) throws BadRequestException {
        var bytes = new byte[length];
        var out = Unpooled.wrappedBuffer(bytes).writerIndex(0);
        try {
            if (length > 0) {
                new Snappy().decode(Unpooled.wrappedBuffer(block), out);
            }
        } catch (DecompressionException | IndexOutOfBoundsException | IllegalArgumentException e) {
            // the last of these for a part that says to be longer than 2 GiB
            throw bad(String.valueOf(e.getMessage()));
        }
        if (out.writerIndex() != length) {
            throw bad("it ends after %d of %d bytes".formatted(out.writerIndex(), length));
        }
        return bytes;
    }

    private static BadRequestException bad(String why) {
        return new BadRequestException("body is no block of Snappy: " + why);
    }
}
