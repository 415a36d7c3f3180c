package gpuanalytics.processor.bill;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.processor.bill.BillLine.Unreadable;
import gpuanalytics.processor.bill.BoundedText.TooLongException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads files of bills: CSV with a header, perhaps gzipped. A line is in memory at a time. Lines
 * that cannot be read are counted and do not cost the others.
 */
public final class BillReader {

    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] ZIP = {'P', 'K'};
    private static final int LINES_PER_LOOK = 1000;

    private final BillLimits limits;

    public BillReader(BillLimits limits) {
        this.limits = limits;
    }

    /**
     * Sums up a bill.
     *
     * @throws RefusedBillException when it is no such file, or larger than it may be
     * @throws InterruptedException when nobody waits for it any more
     */
    public Bill read(byte[] body, BillQuestion question)
            throws RefusedBillException, InterruptedException {
        if (body.length == 0) {
            throw new RefusedBillException("body", "empty", expected());
        }
        if (begins(body, ZIP)) {
            throw new RefusedBillException("body", "a ZIP file", "CSV, or CSV in gzip");
        }
        try (var text =
                        new BoundedText(
                                new InputStreamReader(unpacked(body), UTF_8),
                                limits.maxUnpackedBytes());
                var csv = CSVParser.parse(text, CSVFormat.RFC4180)) {
            return sum(csv, text, question);
        } catch (TooLongException e) {
            throw new RefusedBillException(
                    "body",
                    String.valueOf(e.getMessage()),
                    "at most %d (BILL_MAX_UNPACKED_BYTES), in lines of at most %d"
                            .formatted(limits.maxUnpackedBytes(), BoundedText.MAX_LINE_CHARS));
        } catch (IOException e) {
            throw new RefusedBillException(
                    "body", "broken: " + e.getMessage(), "CSV, or CSV in gzip");
        }
    }

    private static InputStream unpacked(byte[] body) throws IOException {
        var bytes = new ByteArrayInputStream(body);
        return begins(body, GZIP) ? new GZIPInputStream(bytes) : bytes;
    }

    private static boolean begins(byte[] body, byte[] with) {
        for (int i = 0; i < with.length; i++) {
            if (body.length <= i || body[i] != with[i]) {
                return false;
            }
        }
        return true;
    }

    private static Bill sum(CSVParser csv, BoundedText text, BillQuestion question)
            throws IOException, RefusedBillException, InterruptedException {
        try {
            var lines = csv.iterator();
            if (!lines.hasNext()) {
                throw new RefusedBillException("header", "absent", expected());
            }
            var layout = Layout.of(new ColumnNames(lines.next().toList()), question);
            var sum = new BillSum(question);
            text.endLine();
            for (long i = 0; lines.hasNext(); i++) {
                if (i % LINES_PER_LOOK == 0 && Thread.interrupted()) {
                    throw new InterruptedException("the bill has taken too long");
                }
                add(csv.getCurrentLineNumber(), lines.next(), layout, sum);
                text.endLine();
            }
            return sum.finish(layout.format(), layout.cost().name());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void add(long lineNumber, CSVRecord line, Layout layout, BillSum sum) {
        if (line.size() == 1 && line.get(0).isBlank()) {
            return;
        }
        try {
            if (line.size() != layout.size()) {
                throw new Unreadable(
                        "not as many cells as the header",
                        "%d cells, expected %d".formatted(line.size(), layout.size()));
            }
            if (layout.isAsked(line)) {
                sum.add(layout.line(line));
            } else {
                sum.filter();
            }
        } catch (Unreadable e) {
            sum.refuse(lineNumber, e);
        }
    }

    /** What a file is expected to be. */
    static String expected() {
        return "CSV with a header and the columns of one of " + BillFormat.expected();
    }
}
