package gpuanalytics.event;

/** Text from a record, made fit for a message: short, and on one line. */
final class Excerpt {

    /** How much of a value a message shows, in UTF-16 units. */
    private static final int VALUE_CHARS = 64;

    private Excerpt() {}

    /** The beginning of a value. */
    static String of(String value) {
        return of(value, VALUE_CHARS);
    }

    /** The first {@code most} UTF-16 units, the last one an ellipsis where text is left out. */
    static String of(String value, int most) {
        var shown = new StringBuilder(Math.min(value.length(), most));
        for (int at = 0; at < value.length(); ) {
            int point = value.codePointAt(at);
            at += Character.charCount(point);
            int room = most - (at < value.length() ? 1 : 0);
            if (shown.length() + Character.charCount(point) > room) {
                return shown.append('…').toString();
            }
            shown.appendCodePoint(isShown(point) ? point : '?');
        }
        return shown.toString();
    }

    private static boolean isShown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
