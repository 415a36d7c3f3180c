package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.ledger.LedgerExport;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Body;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** Rows and what their columns are, to be written as JSON objects or as CSV. */
record Table<R>(List<Column<R>> columns, List<R> rows) {

    static final String CSV_MEDIA_TYPE = "text/csv";

    /** What a spreadsheet takes for the start of a formula, and the quote that says it is text. */
    private static final String FORMULA_STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'";

    private static final String CSV_CONTENT_TYPE = "text/csv; charset=utf-8; header=present";

    /** Writes an array of objects with every member, null where it is absent. */
    void writeTo(JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (var row : rows) {
            writeObject(json, columns, row, true);
        }
        json.writeEndArray();
    }

    /** Writes an array of objects with only those members that are present. */
    void writePresentTo(JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (var row : rows) {
            writeObject(json, columns, row, false);
        }
        json.writeEndArray();
    }

    static <R> void writeObject(
            JsonGenerator json, List<Column<R>> columns, R row, boolean absentAsNull)
            throws IOException {
        json.writeStartObject();
        String openObject = "";
        for (var column : columns) {
            int dot = column.name().indexOf('.');
            var object = dot < 0 ? "" : column.name().substring(0, dot);
            if (!object.equals(openObject)) {
                close(json, openObject);
                open(json, object);
                openObject = object;
            }
            var value = column.value().apply(row);
            if (value != null || absentAsNull) {
                json.writeFieldName(column.name().substring(dot + 1));
                JsonValues.write(json, value);
            }
        }
        close(json, openObject);
        json.writeEndObject();
    }

    private static void open(JsonGenerator json, String object) throws IOException {
        if (!object.isEmpty()) {
            json.writeObjectFieldStart(object);
        }
    }

    private static void close(JsonGenerator json, String object) throws IOException {
        if (!object.isEmpty()) {
            json.writeEndObject();
        }
    }

    /** What an answer has beside its rows. */
    interface Members {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** The rows as they are asked for: as CSV, or as the last member of an object. */
    Answer answer(Endpoint.Request request, String member, Members before) {
        return request.mediaType().equals(CSV_MEDIA_TYPE)
                ? csv()
                : Answer.ok(
                        Json.MEDIA_TYPE,
                        Json.streamed(
                                json -> {
                                    json.writeStartObject();
                                    before.writeTo(json);
                                    json.writeFieldName(member);
                                    writeTo(json);
                                    json.writeEndObject();
                                }));
    }

    /**
     * The rows as CSV (RFC 4180) with a header line; absent values are empty, and no text begins as
     * a formula does.
     */
    Answer csv() {
        return csv(columns, this::forEach, false);
    }

    private void forEach(LedgerExport.Sink<R> sink) throws IOException {
        for (var row : rows) {
            sink.accept(row);
        }
    }

    /** The same of rows that are read while they are written. */
    static <R> Answer longCsv(List<Column<R>> columns, LedgerExport.Source<R> rows) {
        return csv(columns, rows, true);
    }

    private static <R> Answer csv(
            List<Column<R>> columns, LedgerExport.Source<R> rows, boolean isLong) {
        return Answer.ok(
                CSV_CONTENT_TYPE,
                new Body.Streamed(
                        out -> {
                            try (var text = new OutputStreamWriter(out, UTF_8)) {
                                writeCsv(columns, rows, text);
                            }
                        },
                        isLong));
    }

    private static <R> void writeCsv(
            List<Column<R>> columns, LedgerExport.Source<R> rows, Writer text) throws IOException {
        try (var printer = new CSVPrinter(text, CSVFormat.RFC4180)) {
            printer.printRecord(columns.stream().map(Column::csvName).toList());
            rows.forEach(
                    row -> {
                        var values = new ArrayList<@Nullable Object>(columns.size());
                        for (var column : columns) {
                            values.add(csvValue(column.value().apply(row)));
                        }
                        printer.printRecord(values);
                    });
        }
    }

    private static @Nullable Object csvValue(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Double number -> JsonValues.plain(number).toPlainString();
            case BigDecimal exact -> exact.toPlainString();
            case Instant time -> time.toString();
            case OffsetDateTime local -> JsonValues.text(local);
            case String text -> asText(text);
            case List<?> texts ->
                    asText(texts.stream().map(String::valueOf).collect(Collectors.joining(" ")));
            default -> value;
        };
    }

    /**
     * Events name models and teams, and anyone may send events: a name must reach no spreadsheet as
     * a formula. A text that begins like one, or with a quote, gets a quote before it, so that what
     * takes one leading quote away has every text as it was.
     */
    private static String asText(String text) {
        return !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
