package gpuanalytics.placement.queue;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.placement.report.CsvReport;
import gpuanalytics.placement.report.Findings;
import gpuanalytics.placement.report.JsonReport;
import gpuanalytics.placement.report.SvgReport;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A rehearsal from its order to its result. Any thread may ask. */
public final class KeptRehearsal {

    private static final int MAX_LINES = 100;

    /** How far it has come. */
    public enum Status {
        WAITING,
        RUNNING,
        DONE,
        FAILED;

        /** As documents have it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What came of it, as documents. */
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    record Documents(byte[] json, String csv, String svg) {}

    private record State(
            Status status,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            String failure,
            @Nullable Documents documents) {}

    private final String id;
    private final Instant createdAt;
    private final String source;
    private final List<String> dropped;
    private final List<String> missing;
    private final int droppedRows;
    private final int runs;
    private final AtomicInteger runsEnded = new AtomicInteger();
    private volatile State state = new State(Status.WAITING, null, null, "", null);

    KeptRehearsal(String id, RehearsalOrder order, Instant createdAt) {
        this.id = id;
        this.createdAt = createdAt;
        source = order.input().source();
        droppedRows = order.input().dropped().size();
        dropped = order.input().dropped().stream().limit(MAX_LINES).toList();
        missing = order.input().missing();
        runs = order.runs();
    }

    public String id() {
        return id;
    }

    public Status status() {
        return state.status();
    }

    boolean hasEnded() {
        return status() == Status.DONE || status() == Status.FAILED;
    }

    void runEnded() {
        runsEnded.incrementAndGet();
    }

    void started(Instant now) {
        state = new State(Status.RUNNING, now, null, "", null);
    }

    void failed(Instant now, String why) {
        state = new State(Status.FAILED, state.startedAt(), now, why, null);
    }

    void done(Instant now, Findings findings) {
        var ended = new State(Status.DONE, state.startedAt(), now, "", null);
        var json =
                Json.bytes(
                        document -> {
                            document.writeStartObject();
                            writeHead(document, ended);
                            JsonReport.write(document, findings);
                            document.writeEndObject();
                        });
        var documents =
                new Documents(
                        json.bytes(),
                        CsvReport.of(findings.result()),
                        SvgReport.of("Rehearsal: " + source, findings.result()));
        state = new State(Status.DONE, ended.startedAt(), now, "", documents);
    }

    /** All of it as JSON; where it has not ended, how far it has come. */
    public byte[] json() {
        var now = state;
        var documents = now.documents();
        if (documents != null) {
            return documents.json();
        }
        return Json.bytes(
                        document -> {
                            document.writeStartObject();
                            writeHead(document, now);
                            document.writeEndObject();
                        })
                .bytes();
    }

    /** The curves as CSV, where it is done. */
    public Optional<String> csv() {
        return Optional.ofNullable(state.documents()).map(Documents::csv);
    }

    /** The curves as SVG, where it is done. */
    public Optional<String> svg() {
        return Optional.ofNullable(state.documents()).map(Documents::svg);
    }

    /** Writes how far it has come; the object is open. */
    public void writeHead(JsonGenerator json) throws IOException {
        writeHead(json, state);
    }

    private void writeHead(JsonGenerator json, State now) throws IOException {
        json.writeStringField("id", id);
        json.writeStringField("status", now.status().label());
        json.writeStringField("created_at", createdAt.toString());
        if (now.startedAt() != null) {
            json.writeStringField("started_at", now.startedAt().toString());
        }
        if (now.endedAt() != null) {
            json.writeStringField("ended_at", now.endedAt().toString());
        }
        if (!now.failure().isEmpty()) {
            json.writeStringField("failure", now.failure());
        }
        json.writeNumberField("runs", runs);
        json.writeNumberField("runs_ended", runsEnded.get());
        json.writeStringField("source", source);
        json.writeNumberField("dropped_rows", droppedRows);
        writeLines(json, "dropped", dropped);
        writeLines(json, "missing", missing);
    }

    private static void writeLines(JsonGenerator json, String name, List<String> lines)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (var line : lines) {
            json.writeString(line);
        }
        json.writeEndArray();
    }
}
