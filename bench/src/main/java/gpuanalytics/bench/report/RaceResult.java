package gpuanalytics.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything that a run measured, as it lies in a file.
 *
 * @param machine what it was measured on
 * @param records how many records each round had
 * @param seed what they were made from
 * @param summaries medians and ranges
 * @param measures single figures beside the race
 * @param rounds every round as it was
 */
public record RaceResult(
        Machine machine,
        long records,
        long seed,
        List<Summary> summaries,
        List<Measure> measures,
        List<Figures> rounds) {

    /**
     * A figure beside the race.
     *
     * @param name what was measured
     * @param unit its unit
     * @param value medians and range
     */
    public record Measure(String name, String unit, Spread value) {}

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Writes it as JSON, over what an earlier run has left there. */
    public void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }
}
