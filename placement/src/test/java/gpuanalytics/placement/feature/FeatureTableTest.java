package gpuanalytics.placement.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeatureTableTest {

    @Test
    void thePageNamesEveryFeatureWithItsUnitAndMeaning() throws Exception {
        var lines = Files.readAllLines(Path.of("../docs/placement.md"));
        int head = lines.indexOf("| feature | unit | meaning |");
        var rows =
                lines.stream()
                        .skip(Math.max(0, head) + 2)
                        .takeWhile(line -> line.startsWith("|"))
                        .toList();

        assertTrue(head >= 0, "the page has no table of features");
        assertEquals(
                Feature.ALL.stream()
                        .map(
                                each ->
                                        "| `%s` | %s | %s |"
                                                .formatted(
                                                        each.label(), each.unit(), each.meaning()))
                        .toList(),
                rows);
        assertEquals(13, rows.size());
    }

    @Test
    void whatIsNotKnownIsAbsentInTheColumns() {
        var features = Features.of(Map.of(Feature.NUM_GPU, 0.0), null);
        var columns = features.columns(GpuModelCodes.of(List.of(features)));

        assertEquals(0.0, columns[Feature.NUM_GPU.column()]);
        assertEquals(0.0, features.get(Feature.NUM_GPU));
        assertNull(features.get(Feature.LAST_UTILIZATION));
        for (var feature : Feature.ALL) {
            if (feature != Feature.NUM_GPU) {
                assertTrue(Double.isNaN(columns[feature.column()]), feature.label());
            }
        }
    }

    @Test
    void aGpuModelThatWasNotSeenIsAbsent() {
        var seen = List.of(Features.of(Map.of(), "T4"), Features.of(Map.of(), "A10"));
        var codes = GpuModelCodes.of(seen);

        assertEquals(0, codes.code("A10"));
        assertEquals(1, codes.code("T4"));
        assertTrue(Double.isNaN(codes.code("H100")));
    }

    @Test
    void aNumberThatIsNoneIsRefused() {
        var bad =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Features.of(Map.of(Feature.NUM_GPU, Double.NaN), null));
        assertEquals(
                "num_gpu is NaN, expected a finite number of a feature that has one",
                bad.getMessage());
    }
}
