package gpuanalytics.processor.api;

import gpuanalytics.processor.query.InvalidQueryException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The values of a parameter that takes several: given once, it lists them with commas between, one
 * that holds a comma in double quotes; given more than once, each is one value as it stands.
 */
final class ValueList {

    /** The rule as a part of an expectation. */
    static final String RULE =
            "values separated by commas (one with a comma in \"double quotes\"), or the parameter"
                    + " once for each";

    private static final char QUOTE = '"';
    private static final char COMMA = ',';

    private ValueList() {}

    /**
     * The values.
     *
     * @param given the parameter's values as they came
     * @throws InvalidQueryException for a quote that does not end
     */
    static List<String> of(String name, List<String> given) {
        return given.size() == 1 ? split(name, given.getFirst()) : given;
    }

    /** One value as it is written in a list, for {@link #of} to read. */
    static String text(List<String> values) {
        return values.stream()
                .map(
                        value ->
                                value.indexOf(COMMA) < 0 && !value.startsWith("\"")
                                        ? value
                                        : QUOTE + value.replace("\"", "\"\"") + QUOTE)
                .collect(Collectors.joining(","));
    }

    private static List<String> split(String name, String list) {
        var values = new ArrayList<String>();
        int at = 0;
        while (true) {
            var value = new StringBuilder();
            at =
                    at < list.length() && list.charAt(at) == QUOTE
                            ? readQuoted(name, list, at + 1, value)
                            : readPlain(list, at, value);
            values.add(value.toString());
            if (at >= list.length()) {
                return values;
            }
            at++; // the comma
        }
    }

    private static int readPlain(String list, int from, StringBuilder value) {
        int end = list.indexOf(COMMA, from);
        end = end < 0 ? list.length() : end;
        value.append(list, from, end);
        return end;
    }

    /** Reads behind a quote up to the one that ends it; returns where the next comma is. */
    private static int readQuoted(String name, String list, int from, StringBuilder value) {
        for (int at = from; at < list.length(); at++) {
            if (list.charAt(at) != QUOTE) {
                value.append(list.charAt(at));
            } else if (at + 1 == list.length() || list.charAt(at + 1) == COMMA) {
                return at + 1;
            } else if (list.charAt(at + 1) == QUOTE) {
                value.append(QUOTE);
                at++;
            } else {
                break;
            }
        }
        throw new InvalidQueryException(name, list, RULE);
    }
}
