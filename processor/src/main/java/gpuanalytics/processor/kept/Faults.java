package gpuanalytics.processor.kept;

import gpuanalytics.service.text.Printable;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a list, one line each. */
public final class Faults {

    /** Whoever reads a hundred lines has seen what is wrong. */
    private static final int MAX_LINES = 100;

    private static final int MAX_VALUE_CHARS = 80;

    private final List<String> lines = new ArrayList<>();

    /** Notes one. */
    public void add(String path, String value, String expected) {
        if (lines.size() < MAX_LINES) {
            lines.add("%s is %s, expected %s".formatted(path, shown(value), expected));
        }
    }

    public boolean any() {
        return !lines.isEmpty();
    }

    static String shown(String value) {
        var text = Printable.of(value);
        if (text.isEmpty()) {
            return "empty";
        }
        return text.length() > MAX_VALUE_CHARS ? text.substring(0, MAX_VALUE_CHARS) + "…" : text;
    }

    /** Ends the reading where there is one. */
    public void check() throws RefusedListException {
        if (!lines.isEmpty()) {
            throw new RefusedListException(lines);
        }
    }
}
