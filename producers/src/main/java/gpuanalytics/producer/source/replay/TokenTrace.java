package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.replay.Cells.BadCell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A trace with a request in each row. The request's identity is made of the file's content and the
 * row's number, so that a second replay gives the same requests.
 */
final class TokenTrace implements Trace {

    static final String SOURCE = "replay";

    private final TraceFile file;
    private final DroppedRows dropped;
    private final CsvTable table;
    private final String model;

    TokenTrace(TraceFile file, DroppedRows dropped) {
        this.file = file;
        this.dropped = dropped;
        this.model = model(file);
        try {
            this.table = CsvTable.open(file.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The model that a trace's requests have, as none of these traces names one. */
    private static String model(TraceFile file) {
        return switch (file.format()) {
            case AZURE_LLM -> "azure-llm-2023" + azureService(file);
            case MOONCAKE -> "mooncake-fast25-conversation";
            case ALIBABA_GPU, NVIDIA_SMI ->
                    throw new IllegalArgumentException("no requests in " + file);
        };
    }

    /** The two services of that trace are told apart by their files' names alone. */
    private static String azureService(TraceFile file) {
        var name = file.path().getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.contains("conv")) {
            return "-conv";
        }
        return name.contains("code") ? "-code" : "";
    }

    @Override
    public TraceFormat format() {
        return file.format();
    }

    @Override
    public @Nullable Event next() {
        for (var row = table.next(); row != null; row = table.next()) {
            try {
                return event(row);
            } catch (BadCell e) {
                dropped.add(file, row, e.reason(), e.detail());
            }
        }
        return null;
    }

    private Event event(CsvTable.Row row) throws BadCell {
        return switch (file.format()) {
            case AZURE_LLM ->
                    usage(
                            row,
                            Cells.dateTime(row, "TIMESTAMP"),
                            Cells.wholeNumber(row, "ContextTokens"),
                            Cells.wholeNumber(row, "GeneratedTokens"),
                            null);
            case MOONCAKE ->
                    usage(
                            row,
                            Cells.millisSince(TraceFormat.MOONCAKE_START, row, "timestamp_ms"),
                            Cells.wholeNumber(row, "input_length"),
                            Cells.wholeNumber(row, "output_length"),
                            Cells.wholeNumber(row, "reusable_prefix_tokens"));
            case ALIBABA_GPU, NVIDIA_SMI ->
                    throw new IllegalStateException("no requests in " + file);
        };
    }

    private Event usage(
            CsvTable.Row row,
            Instant ts,
            @Nullable Long prompt,
            @Nullable Long completion,
            @Nullable Long cached)
            throws BadCell {
        if (prompt == null && completion == null) {
            throw new BadCell(DropReason.MISSING_VALUE, "both token counts are empty");
        }
        if (isZero(prompt) && isZero(completion)) {
            throw new BadCell(DropReason.NO_TOKENS, "both token counts are 0");
        }
        try {
            return TokenUsage.builder()
                    .set(TokenUsage.TS, ts)
                    .set(
                            TokenUsage.REQUEST_ID,
                            "%s-%s-%d".formatted(model, file.contentId(), row.number()))
                    .set(TokenUsage.MODEL, model)
                    .set(TokenUsage.PROMPT_TOKENS, prompt)
                    .set(TokenUsage.COMPLETION_TOKENS, completion)
                    .set(TokenUsage.CACHED_PROMPT_TOKENS, cached)
                    .set(TokenUsage.SOURCE, SOURCE)
                    .build();
        } catch (IllegalArgumentException e) {
            throw new BadCell(DropReason.OUT_OF_RANGE, String.valueOf(e.getMessage()));
        }
    }

    private static boolean isZero(@Nullable Long tokens) {
        return tokens == null || tokens == 0;
    }

    @Override
    public void close() {
        table.close();
    }
}
