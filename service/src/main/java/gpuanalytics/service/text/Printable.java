package gpuanalytics.service.text;

import org.jspecify.annotations.Nullable;

/**
 * Texts of others made safe for a terminal. What a file, a variable or an event holds may steer a
 * terminal or hide what it says: such characters are shown as escapes, {@code \u001b} for one.
 */
public final class Printable {

    /** Letters and marks that look like nothing: fillers, a joiner, a blank of Braille. */
    private static final String UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0";

    private Printable() {}

    /** The text in one line: line ends are escaped too. */
    public static String of(@Nullable Object text) {
        return escaped(String.valueOf(text), false);
    }

    /** The text with its line feeds, for what has several lines on purpose. */
    public static String lines(@Nullable Object text) {
        return escaped(String.valueOf(text), true);
    }

    private static String escaped(String text, boolean keepLineFeeds) {
        int unsafe = 0;
        while (unsafe < text.length() && isPlain(text.charAt(unsafe))) {
            unsafe++;
        }
        if (unsafe == text.length()) {
            return text;
        }
        var shown = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> append(shown, character, keepLineFeeds));
        return shown.toString();
    }

    /** Most of every text: needs no closer look. */
    private static boolean isPlain(char character) {
        return character >= ' ' && character < 0x7f;
    }

    private static void append(StringBuilder shown, int character, boolean keepLineFeeds) {
        if (!isUnsafe(character) || (character == '\n' && keepLineFeeds)) {
            shown.appendCodePoint(character);
            return;
        }
        switch (character) {
            case '\n' -> shown.append("\\n");
            case '\r' -> shown.append("\\r");
            case '\t' -> shown.append("\\t");
            default ->
                    shown.append(
                            (character > Character.MAX_VALUE ? "\\u{%x}" : "\\u%04x")
                                    .formatted(character));
        }
    }

    /** Control characters, and those that are invisible or turn the direction of what follows. */
    private static boolean isUnsafe(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    true;
            case Character.SPACE_SEPARATOR -> character != ' ';
            default -> UNSEEN.indexOf(character) >= 0 || isVariationSelector(character);
        };
    }

    /** What chooses among forms of the character before it, and is nothing itself. */
    private static boolean isVariationSelector(int character) {
        return (character >= 0xfe00 && character <= 0xfe0f)
                || (character >= 0xe0100 && character <= 0xe01ef);
    }
}
