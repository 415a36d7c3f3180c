package gpuanalytics.placement.report;

import java.util.Locale;

/** Elements of SVG, with every text and value escaped. */
final class SvgText {

    private final StringBuilder text = new StringBuilder();

    /** {@code <name a="1" b="x"/>}: names and values in turn; numbers with two decimals. */
    SvgText empty(String name, Object... attributes) {
        open(name, attributes);
        text.append("/>\n");
        return this;
    }

    /** An element around a text. */
    SvgText words(String name, String words, Object... attributes) {
        open(name, attributes);
        text.append('>').append(escaped(words)).append("</").append(name).append(">\n");
        return this;
    }

    /** An element's start. */
    SvgText start(String name, Object... attributes) {
        open(name, attributes);
        text.append(">\n");
        return this;
    }

    SvgText end(String name) {
        text.append("</").append(name).append(">\n");
        return this;
    }

    private void open(String name, Object... attributes) {
        text.append('<').append(name);
        for (int at = 0; at < attributes.length; at += 2) {
            text.append(' ').append(attributes[at]).append("=\"");
            text.append(escaped(value(attributes[at + 1]))).append('"');
        }
    }

    /** A number as SVG takes it. */
    static String number(double number) {
        var digits = String.format(Locale.ROOT, "%.2f", number);
        return digits.endsWith(".00") ? digits.substring(0, digits.length() - 3) : digits;
    }

    private static String value(Object value) {
        return value instanceof Number number ? number(number.doubleValue()) : value.toString();
    }

    /** Characters that XML does not have become ?. */
    static String escaped(String words) {
        var escaped = new StringBuilder();
        words.codePoints()
                .forEach(
                        letter -> {
                            switch (letter) {
                                case '&' -> escaped.append("&amp;");
                                case '<' -> escaped.append("&lt;");
                                case '>' -> escaped.append("&gt;");
                                case '"' -> escaped.append("&quot;");
                                case '\'' -> escaped.append("&#39;");
                                default -> escaped.appendCodePoint(isXml(letter) ? letter : '?');
                            }
                        });
        return escaped.toString();
    }

    private static boolean isXml(int letter) {
        return letter == '\t'
                || letter == '\n'
                || (letter >= 0x20 && letter <= 0xd7ff)
                || (letter >= 0xe000 && letter <= 0xfffd)
                || letter > 0xffff;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
