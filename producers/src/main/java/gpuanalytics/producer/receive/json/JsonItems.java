package gpuanalytics.producer.receive.json;

import gpuanalytics.producer.receive.BadRequestException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a body of JSON into its items by brackets and quotes alone, so that an item that is no valid
 * JSON costs only itself. UTF-8 has none of these bytes within another character.
 */
final class JsonItems {

    private final byte[] body;
    private final int most;
    private final List<byte[]> items = new ArrayList<>();
    private int at;

    private JsonItems(byte[] body, int most) {
        this.body = body;
        this.most = most;
        this.at = hasMark(body) ? 3 : 0;
    }

    /**
     * The elements of an array, or the values that follow each other.
     *
     * @param most the most items
     * @throws BadRequestException where the end of an item or of the array cannot be found, or
     *     there are more
     */
    static List<byte[]> of(byte[] body, int most) throws BadRequestException {
        return new JsonItems(body, most).read();
    }

    /**
     * The lines that are not blank.
     *
     * @param most the most items
     */
    static List<byte[]> ofLines(byte[] body, int most) throws BadRequestException {
        var lines = new JsonItems(body, most);
        while (lines.at < body.length) {
            int from = lines.at;
            while (lines.at < body.length && body[lines.at] != '\n') {
                lines.at++;
            }
            lines.add(from, lines.at);
            lines.at++;
        }
        return lines.items;
    }

    private List<byte[]> read() throws BadRequestException {
        skipSpace();
        if (at < body.length && body[at] == '[') {
            at++;
            readElements();
        } else {
            while (at < body.length) {
                readValue(false);
                skipSpace();
            }
        }
        return items;
    }

    private void readElements() throws BadRequestException {
        skipSpace();
        while (at < body.length && body[at] != ']') {
            readValue(true);
            if (at < body.length && body[at] == ',') {
                at++;
                skipSpace();
                if (at < body.length && body[at] == ']') {
                    throw bad("an element after the last comma");
                }
            }
        }
        if (at == body.length) {
            throw bad("a ] at the end of its array");
        }
        at++;
        skipSpace();
        if (at < body.length) {
            throw bad("nothing after its array");
        }
    }

    /** Reads to the end of one value: in an array to the comma or bracket after it. */
    private void readValue(boolean inArray) throws BadRequestException {
        int from = at;
        int depth = 0;
        while (at < body.length) {
            byte here = body[at];
            if (depth == 0 && endsValue(here, inArray)) {
                break;
            }
            switch (here) {
                case '"' -> skipText();
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {}
            }
            at++;
            if (depth < 0) {
                throw bad("as many opening brackets as closing ones");
            }
            if (depth == 0 && !inArray && (here == '}' || here == ']')) {
                break;
            }
        }
        if (depth > 0) {
            throw bad("as many closing brackets as opening ones");
        }
        add(from, at);
    }

    private static boolean endsValue(byte here, boolean inArray) {
        return inArray ? here == ',' || here == ']' : here == '\n';
    }

    /** From a quote to the one that closes it, which is left to the caller. */
    private void skipText() throws BadRequestException {
        for (at++; at < body.length; at++) {
            if (body[at] == '\\') {
                at++;
            } else if (body[at] == '"') {
                return;
            }
        }
        throw bad("a quote at the end of each text");
    }

    private void add(int from, int to) throws BadRequestException {
        int first = from;
        int last = to;
        while (first < last && isSpace(body[first])) {
            first++;
        }
        while (last > first && isSpace(body[last - 1])) {
            last--;
        }
        if (first == last) {
            return;
        }
        if (items.size() == most) {
            throw new BadRequestException(
                    "body has more than %d items, expected at most %d".formatted(most, most));
        }
        items.add(Arrays.copyOfRange(body, first, last));
    }

    private void skipSpace() {
        while (at < body.length && isSpace(body[at])) {
            at++;
        }
    }

    private static boolean isSpace(byte here) {
        return here == ' ' || here == '\t' || here == '\r' || here == '\n';
    }

    private static boolean hasMark(byte[] body) {
        return body.length >= 3
                && body[0] == (byte) 0xef
                && body[1] == (byte) 0xbb
                && body[2] == (byte) 0xbf;
    }

    private BadRequestException bad(String expected) {
        return new BadRequestException(
                "body is not JSON at byte %d, expected %s".formatted(at, expected));
    }
}
