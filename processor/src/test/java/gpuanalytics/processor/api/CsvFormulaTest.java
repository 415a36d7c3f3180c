package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gpuanalytics.service.http.Body;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.junit.jupiter.api.Test;

/** Whatever events call a model or a team, no spreadsheet takes it for a formula. */
class CsvFormulaTest {

    private static final String STARTS = "=+-@\t\r\n＝＋－＠";
    private static final String CHARACTERS = STARTS + "'\", ;|a1ü(";
    private static final int TEXTS = 2000;

    private record Cell(String text, long count, double share) {}

    @Test
    void noTextBeginsAsAFormulaDoesAndEachIsFoundAgain() throws Exception {
        var seed = System.nanoTime();
        var random = new Random(seed);
        var cells = new ArrayList<Cell>();
        for (int i = 0; i < TEXTS; i++) {
            cells.add(new Cell(text(random), -random.nextLong(1000), -random.nextDouble()));
        }
        var table =
                new Table<>(
                        List.of(
                                new Column<>("model", Cell::text),
                                new Column<>("count", Cell::count),
                                new Column<>("share", Cell::share)),
                        cells);

        var body = text(table.csv().body());

        try (var csv = CSVParser.parse(body, CSVFormat.RFC4180)) {
            var records = csv.getRecords();
            assertEquals(cells.size() + 1, records.size(), "seed " + seed);
            for (int i = 0; i < cells.size(); i++) {
                var cell = cells.get(i);
                var record = records.get(i + 1);
                var written = record.get(0);
                assertFalse(
                        !written.isEmpty() && STARTS.indexOf(written.charAt(0)) >= 0,
                        () -> "%s, seed %d".formatted(written, seed));
                assertEquals(cell.text(), written.startsWith("'") ? written.substring(1) : written);
                // numbers stay numbers, those below zero too
                assertEquals(cell.count(), Long.parseLong(record.get(1)));
                assertEquals(cell.share(), Double.parseDouble(record.get(2)));
            }
        }
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) {
            text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return text.toString();
    }

    private static String text(Body body) throws IOException, InterruptedException {
        var out = new ByteArrayOutputStream();
        switch (body) {
            case Body.Bytes(var bytes) -> out.writeBytes(bytes);
            case Body.Streamed(var writer, var _) -> writer.writeTo(out);
            case Body.Endless _ -> throw new AssertionError("CSV has an end");
        }
        return out.toString(UTF_8);
    }
}
