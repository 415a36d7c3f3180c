package gpuanalytics.processor.price;

import gpuanalytics.service.text.Printable;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a list, one line each. */
final class Faults {

    /** Whoever reads a hundred lines has seen what is wrong. */
    private static final int MAX_LINES = 100;

    private static final int MAX_VALUE_CHARS = 80;

    private final List<String> lines = new ArrayList<>();

    void add(String path, String value, String expected) {
        if (lines.size() < MAX_LINES) {
            lines.add("%s is %s, expected %s".formatted(path, shown(value), expected));
        }
    }

    boolean any() {
        return !lines.isEmpty();
    }

    /** A part of a list that can be told by nothing but its text. */
    static String shown(String value) {
        var text = Printable.of(value);
        if (text.isEmpty()) {
            return "empty";
        }
        return text.length() > MAX_VALUE_CHARS ? text.substring(0, MAX_VALUE_CHARS) + "…" : text;
    }

    void check() throws RefusedPricesException {
        if (!lines.isEmpty()) {
            throw new RefusedPricesException(lines);
        }
    }
}
