package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.RowKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page of an answer begins: the last row of the page before, and the window that was
 * answered, so that {@code now} stays what it was. Holds for one question.
 *
 * @param from the first moment of the window
 * @param to the moment after its last
 * @param last the last row
 */
record Cursor(Instant from, Instant to, RowKey last) {

    static final String PARAMETER = "cursor";

    /** A group of long values is long. */
    static final int MAX_CHARS = 48 * 1024;

    private static final int FORMAT = 1;
    private static final int MAX_VALUES = 64;
    private static final int CHECKSUM_BYTES = 4;
    private static final String EXPECTED =
            "next of an answer to the same question: all parameters but limit as they were";

    /** As it is written in an answer. */
    String text(Map<String, List<String>> question) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeInt(hash(question));
            out.writeLong(from.getEpochSecond());
            out.writeLong(to.getEpochSecond());
            out.writeLong(last.start().getEpochSecond());
            write(out, last.number() == null ? null : last.number().toString());
            out.writeByte(last.group().size());
            for (var value : last.group()) {
                write(out, value);
            }
            out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /**
     * Reads what an answer said.
     *
     * @throws InvalidQueryException for what no answer to this question has said
     */
    static Cursor of(String text, Map<String, List<String>> question, int groups) {
        try {
            var bytes = Base64.getUrlDecoder().decode(text);
            int length = bytes.length - CHECKSUM_BYTES;
            try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                var isOurs = in.readByte() == FORMAT && in.readInt() == hash(question);
                var from = Instant.ofEpochSecond(in.readLong());
                var to = Instant.ofEpochSecond(in.readLong());
                var start = Instant.ofEpochSecond(in.readLong());
                var number = read(in);
                var group = new ArrayList<@Nullable String>();
                for (int left = Math.min(in.readUnsignedByte(), MAX_VALUES); left > 0; left--) {
                    group.add(read(in));
                }
                if (isOurs
                        && group.size() == groups
                        && in.readInt() == checksum(bytes, length)
                        && in.available() == 0) {
                    var ordered = number == null ? null : new BigDecimal(number);
                    return new Cursor(from, to, new RowKey(ordered, start, group));
                }
            }
        } catch (IOException | IllegalArgumentException | DateTimeException _) {
            // told below
        }
        throw new InvalidQueryException(PARAMETER, TimeText.shown(text), EXPECTED);
    }

    /** A hash of all that a question says, but which page. */
    private static int hash(Map<String, List<String>> question) {
        var rest = new TreeMap<>(question);
        List.of(PARAMETER, "limit", "format").forEach(rest::remove);
        var text = rest.toString().getBytes(UTF_8);
        return checksum(text, text.length);
    }

    private static int checksum(byte[] bytes, int length) {
        var sum = new CRC32C();
        sum.update(bytes, 0, length);
        return (int) sum.getValue();
    }

    private static void write(DataOutputStream out, @Nullable String text) throws IOException {
        var bytes = text == null ? new byte[0] : text.getBytes(UTF_8);
        out.writeShort(text == null ? -1 : bytes.length);
        out.write(bytes);
    }

    private static @Nullable String read(DataInputStream in) throws IOException {
        int length = in.readShort();
        if (length < 0) {
            return null;
        }
        var bytes = in.readNBytes(length);
        return bytes.length == length ? new String(bytes, UTF_8) : refuse();
    }

    private static String refuse() throws IOException {
        throw new IOException("a text ends before its end");
    }
}
