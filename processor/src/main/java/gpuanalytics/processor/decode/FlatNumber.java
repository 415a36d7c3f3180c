package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Reads numbers from bytes. */
final class FlatNumber {

    /** 2^53: up to here every whole number is a double. */
    private static final long MAX_EXACT = 1L << 53;

    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    private FlatNumber() {}

    /**
     * The double nearest to a number of JSON's grammar: exact by one operation while mantissa and
     * power of ten are doubles themselves, else by the JDK.
     */
    static double read(byte[] text, int from, int to) {
        boolean negative = text[from] == '-';
        long mantissa = 0;
        int exponent = 0;
        int i = negative ? from + 1 : from;
        boolean fraction = false;
        for (; i < to && text[i] != 'e' && text[i] != 'E'; i++) {
            if (text[i] == '.') {
                fraction = true;
                continue;
            }
            mantissa = mantissa * 10 + text[i] - '0';
            if (mantissa > MAX_EXACT) {
                return byJdk(text, from, to);
            }
            exponent -= fraction ? 1 : 0;
        }
        if (i < to) {
            exponent += exponentAt(text, i + 1, to);
        }
        if (Math.abs(exponent) >= POWERS_OF_TEN.length) {
            return byJdk(text, from, to);
        }
        double value =
                exponent < 0
                        ? mantissa / POWERS_OF_TEN[-exponent]
                        : mantissa * POWERS_OF_TEN[exponent];
        return negative ? -value : value;
    }

    /**
     * The double nearest to so many digits, some of them behind the point; at most 15 of either.
     */
    static double decimal(long digits, int behindPoint) {
        return digits / POWERS_OF_TEN[behindPoint];
    }

    private static int exponentAt(byte[] text, int from, int to) {
        boolean signed = text[from] == '-' || text[from] == '+';
        int exponent = 0;
        for (int i = signed ? from + 1 : from; i < to; i++) {
            exponent = exponent * 10 + text[i] - '0';
        }
        return text[from] == '-' ? -exponent : exponent;
    }

    private static double byJdk(byte[] text, int from, int to) {
        return Double.parseDouble(new String(text, from, to - from, ISO_8859_1));
    }
}
