package gpuanalytics.processor.decode;

/** Reads times written {@code 2026-01-31T12:00:00.123Z} from bytes. For one thread. */
final class FlatTime {

    private static final int FIRST_YEAR = 1970;
    private static final int LAST_YEAR = 2261;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int TIME_CHARS = "2026-01-31T12:00:00".length();

    private long epochSecond;
    private int nanos;

    /** Seconds since 1970 of the time that was read last. */
    long epochSecond() {
        return epochSecond;
    }

    /** Nanoseconds of that time, below its second. */
    int nanos() {
        return nanos;
    }

    /** Whether the text of so many bytes is such a time; then the values are those of it. */
    boolean read(byte[] text, int from, int length) {
        if (length <= TIME_CHARS || text[from + length - 1] != 'Z') {
            return false;
        }
        int year = digits(text, from, 4);
        int month = digits(text, from + 5, 2);
        int day = digits(text, from + 8, 2);
        int hour = digits(text, from + 11, 2);
        int minute = digits(text, from + 14, 2);
        int second = digits(text, from + 17, 2);
        boolean shaped =
                text[from + 4] == '-'
                        && text[from + 7] == '-'
                        && text[from + 10] == 'T'
                        && text[from + 13] == ':'
                        && text[from + 16] == ':';
        boolean ranged =
                year >= FIRST_YEAR
                        && year <= LAST_YEAR
                        && month >= 1
                        && month <= 12
                        && day >= 1
                        && day <= daysOf(year, month)
                        && isBelow(hour, 24)
                        && isBelow(minute, 60)
                        && isBelow(second, 60);
        int nanos = fraction(text, from + TIME_CHARS, from + length - 1);
        if (!shaped || !ranged || nanos < 0) {
            return false;
        }
        epochSecond =
                daysSince1970(year, month, day) * SECONDS_PER_DAY
                        + hour * 3600L
                        + minute * 60L
                        + second;
        this.nanos = nanos;
        return true;
    }

    /** The nanoseconds of {@code .123}, 0 for nothing, -1 for anything else. */
    private static int fraction(byte[] text, int from, int to) {
        if (from == to) {
            return 0;
        }
        int count = to - from - 1;
        if (text[from] != '.' || count < 1 || count > 9) {
            return -1;
        }
        int nanos = 0;
        for (int i = 0; i < 9; i++) {
            int digit = 0;
            if (i < count) {
                byte next = text[from + 1 + i];
                if (!isDigit(next)) {
                    return -1;
                }
                digit = next - '0';
            }
            nanos = nanos * 10 + digit;
        }
        return nanos;
    }

    /** The number in so many digits, or -1. */
    private static int digits(byte[] text, int from, int count) {
        int value = 0;
        for (int i = from; i < from + count; i++) {
            if (!isDigit(text[i])) {
                return -1;
            }
            value = value * 10 + text[i] - '0';
        }
        return value;
    }

    private static boolean isBelow(int value, int limit) {
        return value >= 0 && value < limit;
    }

    private static int daysOf(int year, int month) {
        return switch (month) {
            case 2 -> isLeap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    private static boolean isLeap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    private static long daysSince1970(int year, int month, int day) {
        // Counted from March on, the day of the year is linear in the month and a leap day is last.
        int fromMarch = (month + 9) % 12;
        long years = year - fromMarch / 10L;
        long daysToMarch = 365 * years + years / 4 - years / 100 + years / 400;
        long daysTo1970 = 719_468;
        return daysToMarch + (153 * fromMarch + 2) / 5 + day - 1 - daysTo1970;
    }

    private static boolean isDigit(byte next) {
        return next >= '0' && next <= '9';
    }
}
