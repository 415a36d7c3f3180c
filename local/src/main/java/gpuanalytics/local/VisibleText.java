package gpuanalytics.local;

/**
 * Names from events as a terminal may show them: what would move the cursor, turn the direction of
 * the text or not be seen is written by its number, after a backslash and a {@code u}.
 */
final class VisibleText {

    /**
     * Letters and marks that look like nothing: fillers, joiners, selectors, a blank of Braille.
     */
    private static final String INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0";

    private VisibleText() {}

    static String of(String text) {
        var shown = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c -> {
                            if (isVisible(c)) {
                                shown.appendCodePoint(c);
                            } else {
                                shown.append((c < 0x10000 ? "\\u%04x" : "\\u{%x}").formatted(c));
                            }
                        });
        return shown.toString();
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> INVISIBLE.indexOf(c) < 0 && !isVariationSelector(c);
        };
    }

    private static boolean isVariationSelector(int c) {
        return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
    }
}
