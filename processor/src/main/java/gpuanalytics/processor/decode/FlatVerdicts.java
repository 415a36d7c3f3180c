package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * What a judge says of texts that come again and again, remembered by their bytes: a few, one of
 * each length. For one thread.
 */
final class FlatVerdicts {

    /** Longer ones are judged each time. */
    private static final int MAX_LENGTH = 31;

    private static final byte[] NOTHING = {};

    private final Predicate<String> judge;
    private final byte[][] texts = new byte[MAX_LENGTH + 1][];
    private final boolean[] verdicts = new boolean[MAX_LENGTH + 1];

    FlatVerdicts(Predicate<String> judge) {
        this.judge = judge;
        Arrays.fill(texts, NOTHING);
    }

    /** The verdict on the ASCII text here, which is not empty. */
    boolean of(byte[] record, int from, int length) {
        if (length > MAX_LENGTH) {
            return judge.test(new String(record, from, length, ISO_8859_1));
        }
        if (!Arrays.equals(texts[length], 0, texts[length].length, record, from, from + length)) {
            texts[length] = Arrays.copyOfRange(record, from, from + length);
            verdicts[length] = judge.test(new String(record, from, length, ISO_8859_1));
        }
        return verdicts[length];
    }
}
