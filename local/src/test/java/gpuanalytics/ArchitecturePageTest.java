package gpuanalytics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples in docs/architecture.md of where new things go are there. */
final class ArchitecturePageTest {

    private static final Path ROOT = Path.of("..");

    private static final Pattern ROW =
            Pattern.compile("^\\| ([a-z ]+) \\| .* \\| `([^`]+\\.java)` \\| `([^`]+)` \\|$");

    @Test
    void eachExampleStandsWhereThePageSays() throws IOException {
        var shown = new ArrayList<String>();
        for (var line : Files.readAllLines(ROOT.resolve("docs/architecture.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                shown.add(row.group(1));
                var code = Files.readString(ROOT.resolve(row.group(2))).replaceAll("\\s+", " ");
                assertTrue(
                        code.contains(row.group(3)),
                        () -> row.group(2) + " does not contain " + row.group(3));
            }
        }

        assertEquals(
                List.of(
                        "a reading",
                        "a source",
                        "a door",
                        "a step",
                        "an endpoint",
                        "a view",
                        "a variable"),
                shown);
    }
}
