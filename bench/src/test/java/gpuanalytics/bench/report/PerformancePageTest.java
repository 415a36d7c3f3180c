package gpuanalytics.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PerformancePageTest {

    @TempDir private Path directory;

    @Test
    void replacesWhatWasMeasuredAndKeepsWhatPeopleWrote() throws IOException {
        var page = directory.resolve("page.md");
        Files.writeString(
                page, "before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n");
        PerformancePage.update(page, result(figures("ours", 400), figures("connector-tuned", 100)));
        PerformancePage.update(page, result(figures("ours", 300), figures("connector-tuned", 100)));
        var text = Files.readString(page);
        assertTrue(text.startsWith("before\n<!-- measured: begin -->\n"), text);
        assertTrue(text.endsWith("<!-- measured: end -->\nafter\n"), text);
        assertTrue(text.contains("| b | 0 ms | 3.00 | 1.00 |"), text);
        assertEquals(-1, text.indexOf("old"));
        assertEquals(-1, text.indexOf("4.00"));
    }

    @Test
    void takesMediansOfAllRoundsOfOne() {
        var summaries =
                Summary.of(
                        List.of(figures("ours", 100), figures("ours", 900), figures("ours", 300)));
        assertEquals(1, summaries.size());
        assertEquals(new Spread(300, 100, 900), summaries.getFirst().recordsPerSecond());
    }

    @Test
    void refusesAPageWithoutMarks() throws IOException {
        var page = Files.writeString(directory.resolve("page.md"), "nothing");
        var result = result(figures("ours", 1));
        assertThrows(IllegalStateException.class, () -> PerformancePage.update(page, result));
        assertEquals("nothing", Files.readString(page));
    }

    private static RaceResult result(Figures... rounds) {
        var list = List.of(rounds);
        return new RaceResult(Machine.here(Map.of()), 1000, 1, Summary.of(list), List.of(), list);
    }

    private static Figures figures(String contender, double rate) {
        return new Figures(
                contender, "b", "0 ms", 1000, rate, rate, 3, null, 100.0, 1.04, 0.1, 1000, 2,
                Map.of());
    }
}
