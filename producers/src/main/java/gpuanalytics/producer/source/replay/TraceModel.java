package gpuanalytics.producer.source.replay;

import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.Row;
import gpuanalytics.producer.source.replay.table.TraceTable;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the models of a trace are called that names none. */
final class TraceModel {

    /** A trace with worse rows than this is called after its format's first year. */
    private static final int ROWS_LOOKED_AT = 1000;

    private static final int FIRST_AZURE_YEAR = 2023;

    private TraceModel() {}

    /**
     * The name, or nothing where rows name their models.
     *
     * @param first the first row
     * @param rest the rows behind it
     */
    static String of(TraceFormat format, Path path, Row first, TraceTable rest) {
        return switch (format) {
            case AZURE_LLM ->
                    "azure-llm-%d%s".formatted(azureYear(first, rest), part(path, "conv", "code"));
            case MOONCAKE -> "mooncake-fast25-conversation";
            case MOONCAKE_JSON ->
                    "mooncake-fast25" + part(path, "conversation", "toolagent", "synthetic");
            case BURST_GPT, LITE_LLM, OPEN_AI, ALIBABA_GPU, NVIDIA_SMI -> "";
        };
    }

    /** The traces of two years have the same columns: their times tell them apart. */
    private static int azureYear(Row first, TraceTable rest) {
        @Nullable Row row = first;
        for (int looked = 0; row != null && looked < ROWS_LOOKED_AT; looked++) {
            try {
                row.check();
                return Cells.dateTime(row, "TIMESTAMP").atOffset(ZoneOffset.UTC).getYear();
            } catch (BadCell ignored) {
                // the row is dropped with its reason when it is replayed
            }
            row = rest.next();
        }
        return FIRST_AZURE_YEAR;
    }

    /** The parts of such a trace are told apart by their files' names alone. */
    private static String part(Path path, String... parts) {
        var name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        return List.of(parts).stream()
                .filter(name::contains)
                .findFirst()
                .map(part -> "-" + part)
                .orElse("");
    }
}
