package gpuanalytics.producer.source.replay.table;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTableTest {

    @TempDir Path directory;

    private Path file(byte[] content) throws IOException {
        return Files.write(directory.resolve("file"), content);
    }

    private List<String> read(String content, String... columns) throws IOException {
        return read(content.getBytes(UTF_8), columns);
    }

    /** Each row's line and cells, or why it is none. */
    private List<String> read(byte[] content, String... columns) throws IOException {
        var rows = new ArrayList<String>();
        try (var table = TraceTable.open(file(content))) {
            for (var row = table.next(); row != null; row = table.next()) {
                var cells = new ArrayList<String>();
                try {
                    row.check();
                    for (var column : columns) {
                        cells.add(row.get(column));
                    }
                } catch (BadCell e) {
                    cells.add(e.reason().label());
                }
                rows.add(row.line() + " " + cells);
            }
        }
        return rows;
    }

    @Test
    void aQuotedCellMayHoldSeparatorsQuotesAndLineEnds() throws IOException {
        assertEquals(
                List.of("2 [1, x,\"y\", 3]", "3 [4, two\nlines,, 5]", "6 [7, z, 8]"),
                read(
                        "a,b,c\n1, \"x,\"\"y\"\"\",3\r\n4,\"two\r\nlines,\n\",5\n7,z,8\n",
                        "a",
                        "b",
                        "c"));
    }

    @Test
    void aStrayQuoteStaysInItsRow() throws IOException {
        assertEquals(
                List.of(
                        "2 [1, \"x, 3]",
                        "3 [4, 5\" disk, 6]",
                        "4 [\"7, 8, 9]",
                        "5 [1, \"a\" b, 3]"),
                read("a,b,c\n1,\"x,3\n4,5\" disk,6\n\"7,8,9\n1,\"a\" b,3", "a", "b", "c"));
    }

    @Test
    void aQuoteThatIsNeverClosedLosesNoOtherRow() throws IOException {
        var rows = "1,2,3\n".repeat(1000);

        assertEquals(2002, read("a,b,c\n" + rows + "x,\"y\n" + rows + "4,\"5,6\n", "a").size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sep=\"", "\"sep=\"", "\"sep=\"\"", "SEP=\"\""})
    void aQuoteIsNoSeparatorSoTheLineIsTheHeader(String line) throws IOException {
        try (var table = TraceTable.open(file((line + "\na,b\n1,2\n").getBytes(UTF_8)))) {
            assertEquals(1, table.header().size());
            assertTrue(table.header().getFirst().toLowerCase(Locale.ROOT).contains("sep="));
        }
    }

    @Test
    void linesEndAsTheyDoOnAnySystem() throws IOException {
        assertEquals(
                List.of("2 [1, 2]", "4 [3, 4]", "5 [5, 6]"),
                read("a,b\r1,2\n\n3,4\r\n5,6", "a", "b"));
    }

    @Test
    void aDefectOfAJsonLineStaysInItsLine() throws IOException {
        assertEquals(
                List.of(
                        "1 [1, x]",
                        "2 [not_json]",
                        "3 [not_json]",
                        "4 [not_json]",
                        "6 [not_json]",
                        "7 [2, true]"),
                read(
                        """
                        {"a": 1, "b": "x", "c": null}
                        {"a": 1
                        [1, 2]
                        {"a": 1} {"a": 2}

                        %s
                        {"b": true, "a": 2, "deep": {"a": 3}}
                        """
                                .formatted("{\"a\":" + "[".repeat(5000)),
                        "a",
                        "b"));
    }

    @Test
    void aDefectOfADocumentEndsIt() throws IOException {
        assertEquals(
                List.of("1 [1]", "2 [2]", "3 [not_json]"),
                read("[{\"a\":1},\n{\"a\":2},\n{\"a\":nonsense},\n{\"a\":4}]", "a"));
    }

    @Test
    void arraysThatAreNoRowsAreNone() throws IOException {
        assertEquals(
                List.of("1 [1]", "1 [3]"),
                read("[{\"a\":1,\"data\":[1,[2]]},7,[\"x\"],{\"data\":[]},{\"a\":3}]", "a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,b\n1,2\n3,4\n",
                "sep=;\na;b\n1;2\n3;4\n",
                "{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":4}\n",
                "[{\"a\":1,\"b\":2},{\"a\":3,\"b\":4}]",
                "{\"data\":[{\"a\":1,\"b\":2},{\"a\":3,\"b\":4}]}"
            })
    void aByteOrderMarkIsNoPartOfTheText(String text) throws IOException {
        var rows = read(text, "a", "b");

        assertEquals(2, rows.size());
        assertEquals(rows, read("\ufeff" + text, "a", "b"));
    }

    @Test
    void theHeaderOfJsonIsWhatItsFirstRowsHave() throws IOException {
        try (var table =
                TraceTable.open(file("{\"b\":null,\"a\":1}\n{\"c\":2}\n".getBytes(UTF_8)))) {
            assertEquals(List.of("a", "c"), table.header());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    50415231150415                       | a Parquet file
                    d0cf11e0a1b11ae1                     | a spreadsheet (xls)
                    fffe5400490041                       | UTF-16 text
                    feff0054004900                       | UTF-16 text
                    fffe000054000000                     | UTF-32 text
                    28b52ffd0458                         | compressed with zstd
                    425a6839314159265359000000           | compressed with bzip2
                    fd377a585a000004                     | compressed with xz
                    04224d186440a7                       | compressed with lz4
                    377abcaf271c                         | a 7z archive
                    4f626a0104                           | an Avro file
                    4152524f57310000                     | an Arrow file
                    53514c69746520666f726d6174203300     | an SQLite database
                    255044462d312e37                     | a PDF document
                    0a0a3c21444f43545950452068746d6c3e   | a web page
                    3c3f786d6c2076657273696f6e           | XML
                    76657273696f6e2068747470733a2f2f6769742d6c6673 | a pointer of Git LFS and not the file itself
                    612c620a312c00                       | binary
                    """)
    void namesWhatIsNoTextToRead(String hexadecimal, String what) throws IOException {
        var content = HexFormat.of().parseHex(hexadecimal);

        for (var bytes : List.of(content, gzipped(content))) {
            var refusal = refusal(bytes);

            assertTrue(
                    refusal.startsWith("is " + what + ", expected CSV or JSON in UTF-8"), refusal);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "[Content_Types].xml, a spreadsheet (xlsx)",
        "trace.csv, a zip archive",
    })
    void tellsASpreadsheetFromAnArchive(String entry, String what) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write("TIMESTAMP,ContextTokens".getBytes(UTF_8));
        }

        var refusal = refusal(bytes.toByteArray());

        assertTrue(refusal.startsWith("is " + what + ","), refusal);
    }

    @Test
    void recognisesUtf16WithoutAMark() throws IOException {
        var content = "TIMESTAMP,ContextTokens\n2023-11-16,4\n".getBytes(UTF_16LE);

        assertTrue(refusal(content).startsWith("is UTF-16 text"), refusal(content));
    }

    private String refusal(byte[] content) {
        return String.valueOf(
                assertThrows(UnusableContentException.class, () -> TraceTable.open(file(content)))
                        .getMessage());
    }

    @Test
    void whateverTheBytesAreReadingEndsWithRowsOrOneClearRefusal() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var texts =
                List.of(
                        "a,b,c\n1,\"2\",3\n4,\"5\n6\",7\n",
                        "{\"a\":1,\"b\":[{\"c\":2}]}\n{\"a\":3}\n",
                        "{\"data\":[{\"a\":1,\"results\":[{\"b\":2},{\"b\":3}]}],\"x\":0}",
                        "sep=;\na;b\n1;2\n");
        for (int run = 0; run < 3000; run++) {
            var content = texts.get(random.nextInt(texts.size())).repeat(3).getBytes(UTF_8);
            for (int change = random.nextInt(6); change > 0; change--) {
                content[random.nextInt(content.length)] = (byte) random.nextInt(256);
            }
            if (run % 3 == 0) {
                random.nextBytes(content);
            }
            content = Arrays.copyOf(content, random.nextInt(content.length + 1));
            var packed = run % 2 == 0 ? content : gzipped(content);
            var cut = run % 5 == 0 ? Arrays.copyOf(packed, packed.length / 2) : packed;
            assertEnds(cut, "seed %d, run %d".formatted(seed, run));
        }
    }

    private void assertEnds(byte[] content, String which) {
        try {
            read(content, "a", "b");
        } catch (IOException e) {
            assertTrue(e.getMessage() == null || !e.getMessage().contains("\n"), which + ": " + e);
        } catch (UncheckedIOException e) {
            // the end of a gzip file that was cut
        } catch (RuntimeException e) {
            throw new AssertionError(which, e);
        }
    }

    private static byte[] gzipped(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }
}
