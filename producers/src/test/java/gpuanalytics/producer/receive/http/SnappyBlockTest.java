package gpuanalytics.producer.receive.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.producer.receive.BadRequestException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.Snappy;

/** Bodies of remote write as they travel; {@code -Dfuzz.seed} repeats a run. */
class SnappyBlockTest {

    private static final int ROUNDS = 5_000;
    private static final int MOST_BYTES = 1 << 16;

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** As a request is: what says to be more than it may is never decompressed. */
    private static byte[] decompressed(byte[] block) throws BadRequestException {
        long length = SnappyBlock.length(block);
        if (length > MOST_BYTES) {
            throw new BadRequestException("body is longer when it is decompressed");
        }
        return SnappyBlock.decompressed(block, (int) length);
    }

    /** Text that repeats and bytes that do not, so that all kinds of parts are there. */
    private byte[] plain() {
        var noise = new byte[200 + random.nextInt(3000)];
        random.nextBytes(noise);
        var text = "DCGM_FI_DEV_GPU_UTIL{gpu=\"0\"} ".repeat(1 + random.nextInt(200));
        var plain = Arrays.copyOf(text.getBytes(UTF_8), text.length() + noise.length);
        System.arraycopy(noise, 0, plain, text.length(), noise.length);
        return plain;
    }

    private byte[] damaged(byte[] whole) {
        var bytes = Arrays.copyOf(whole, whole.length - random.nextInt(3));
        for (int i = random.nextInt(4); i >= 0; i--) {
            // the first bytes are the length and the first part's kind
            int most = random.nextBoolean() ? Math.min(8, bytes.length) : bytes.length;
            bytes[random.nextInt(most)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @Test
    void whatIsWholeIsWhatItWas() throws Exception {
        for (int round = 0; round < 100; round++) {
            var plain = plain();
            assertArrayEquals(plain, decompressed(Snappy.compress(plain)), "fuzz.seed=" + seed);
        }
        assertEquals(0, decompressed(new byte[] {0}).length);
    }

    @Test
    void whatIsDamagedIsAsLongAsItSaysOrRefused() throws Exception {
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var block = damaged(Snappy.compress(plain()));
            try {
                assertEquals(SnappyBlock.length(block), decompressed(block).length);
                read++;
            } catch (BadRequestException e) {
                assertTrue(e.problem().startsWith("body is "), e.problem());
            } catch (RuntimeException e) {
                throw new AssertionError("fuzz.seed=" + seed + ", round " + round, e);
            }
        }
        assertTrue(read > 0, "some are read, fuzz.seed=" + seed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "80",
                "ffffffffffff",
                // says 5 bytes, and has none
                "05",
                // says 5 bytes, and ends within its text
                "05104142",
                // says 5 bytes: a part of more than 2 GiB
                "05fcffffffbf",
                // says 4 bytes: a copy from before the beginning
                "040d08",
                // a copy of nothing, 0 bytes back
                "0400410d00"
            })
    void whatIsNoBlockIsRefused(String hex) {
        var block = HexFormat.of().parseHex(hex);

        assertThrows(BadRequestException.class, () -> decompressed(block));
    }
}
