package gpuanalytics.producer.translate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads the text that exporters show to Prometheus (format 0.0.4; what OpenMetrics adds behind a
 * value is passed over). Strict in the lines that are wanted: one that is none costs the whole
 * text, for half of a scrape would look like a whole one. Other lines are not looked at.
 */
public final class Exposition {

    private static final int MOST_LABELS = 64;
    private static final int LONGEST_SHOWN = 60;

    private final String text;
    private int at;
    private int end;
    private int line;

    private Exposition(String text) {
        this.text = text;
    }

    /**
     * Its series in their order.
     *
     * @param wanted the names of the metrics that are wanted
     * @param most how many series there may be of them
     * @throws ExpositionException where a wanted line is none, or there are more
     */
    public static List<Series> read(String text, Predicate<String> wanted, int most)
            throws ExpositionException {
        return new Exposition(text).read(wanted, most);
    }

    private List<Series> read(Predicate<String> wanted, int most) throws ExpositionException {
        var series = new ArrayList<Series>();
        for (int next = 0; next < text.length(); next = end + 1) {
            line++;
            at = next;
            end = text.indexOf('\n', next);
            end = end < 0 ? text.length() : end;
            skipBlanks();
            if (at == end || text.charAt(at) == '#') {
                continue;
            }
            var name = name(true);
            if (!wanted.test(name)) {
                continue;
            }
            if (series.size() == most) {
                throw new ExpositionException(
                        "more than %d series of interest, expected at most %d"
                                .formatted(most, most));
            }
            series.add(series(name));
        }
        return series;
    }

    private Series series(String name) throws ExpositionException {
        skipBlanks();
        var labels = at < end && text.charAt(at) == '{' ? labels() : Map.<String, String>of();
        skipBlanks();
        double value = value(word("a value"));
        skipBlanks();
        if (at < end && text.charAt(at) != '#') {
            requireTimestamp(word("a timestamp"));
            skipBlanks();
        }
        // an exemplar of OpenMetrics
        if (at < end && text.charAt(at) != '#') {
            throw bad("the end of the line");
        }
        return new Series(name, labels, value);
    }

    private Map<String, String> labels() throws ExpositionException {
        var labels = new HashMap<String, String>();
        at++;
        skipBlanks();
        while (at < end && text.charAt(at) != '}') {
            int from = at;
            var label = name(false);
            skipBlanks();
            take('=');
            skipBlanks();
            var value = quoted();
            if (labels.put(label, value) != null || labels.size() > MOST_LABELS) {
                at = from;
                throw bad("at most %d labels, each once".formatted(MOST_LABELS));
            }
            skipBlanks();
            if (at < end && text.charAt(at) == ',') {
                at++;
                skipBlanks();
            } else if (at < end && text.charAt(at) != '}') {
                throw bad("a comma or }");
            }
        }
        take('}');
        // to Prometheus an empty label is no label
        labels.values().removeIf(String::isEmpty);
        return labels;
    }

    private String quoted() throws ExpositionException {
        take('"');
        var value = new StringBuilder();
        while (at < end && text.charAt(at) != '"') {
            char here = text.charAt(at++);
            value.append(here == '\\' ? escaped() : here);
        }
        take('"');
        return value.toString();
    }

    private char escaped() throws ExpositionException {
        char escaped = at < end ? text.charAt(at) : ' ';
        at++;
        return switch (escaped) {
            case 'n' -> '\n';
            case '\\', '"' -> escaped;
            default -> {
                at--;
                throw bad("\\\\, \\\" or \\n");
            }
        };
    }

    private String name(boolean ofMetric) throws ExpositionException {
        int from = at;
        while (at < end && isOfName(text.charAt(at), at == from, ofMetric)) {
            at++;
        }
        if (at == from) {
            throw bad(ofMetric ? "the name of a metric" : "the name of a label");
        }
        return text.substring(from, at);
    }

    private static boolean isOfName(char here, boolean isFirst, boolean ofMetric) {
        return (here >= 'a' && here <= 'z')
                || (here >= 'A' && here <= 'Z')
                || here == '_'
                || (ofMetric && here == ':')
                || (!isFirst && here >= '0' && here <= '9');
    }

    private String word(String expected) throws ExpositionException {
        int from = at;
        while (at < end && !isBlank(text.charAt(at))) {
            at++;
        }
        if (at == from) {
            throw bad(expected);
        }
        return text.substring(from, at);
    }

    private double value(String word) throws ExpositionException {
        return switch (word) {
            case "NaN" -> Double.NaN;
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> number(word);
        };
    }

    private double number(String word) throws ExpositionException {
        // Java would also take 1d and 0x1p3
        if (word.chars().allMatch(Exposition::isOfNumber)) {
            try {
                return Double.parseDouble(word);
            } catch (NumberFormatException ignored) {
                // refused below
            }
        }
        at -= word.length();
        throw bad("a number");
    }

    private void requireTimestamp(String word) throws ExpositionException {
        var _ = number(word);
    }

    private static boolean isOfNumber(int here) {
        return (here >= '0' && here <= '9')
                || here == '.'
                || here == '-'
                || here == '+'
                || here == 'e'
                || here == 'E';
    }

    private void skipBlanks() {
        while (at < end && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char here) {
        return here == ' ' || here == '\t' || here == '\r';
    }

    private void take(char expected) throws ExpositionException {
        if (at >= end || text.charAt(at) != expected) {
            throw bad(Character.toString(expected));
        }
        at++;
    }

    private ExpositionException bad(String expected) {
        int from = Math.min(at, end);
        var found = text.substring(from, Math.min(end, from + LONGEST_SHOWN));
        return new ExpositionException(
                "line %d has %s, expected %s"
                        .formatted(
                                line, found.isEmpty() ? "its end" : "\"" + found + "\"", expected));
    }
}
