package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.local.ApiClient.Fleet;
import gpuanalytics.local.ApiClient.Model;
import gpuanalytics.processor.ProcessorStats;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class LiveTableTest {

    private static final Fleet NO_FLEET =
            new Fleet(0, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());

    private static String shown(boolean inPlace, ProcessorStats stats, List<Model> models) {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        new LiveTable(out, inPlace).show(stats, models, NO_FLEET, Bill.NONE, 1);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void showsWhatANameHidesByItsNumbers() {
        var evil = "m\u202e\u001b[2Jx";
        var model = new Model(evil, 1, 2, 3, OptionalDouble.empty(), OptionalDouble.empty());
        for (var inPlace : List.of(true, false)) {
            var shown = shown(inPlace, new ProcessorStats(1, 1, 0, 0, 0), List.of(model));
            assertTrue(shown.contains("m\\u202e\\u001b[2Jx"), shown);
            assertFalse(shown.contains("\u202e"), shown);
        }
    }

    @Test
    void aLagThatNobodyKnowsIsNotZero() {
        for (var inPlace : List.of(true, false)) {
            var known = shown(inPlace, new ProcessorStats(9, 2, 0, 0, 7), List.of());
            assertTrue(known.contains("lag 7"), known);
            var done = shown(inPlace, new ProcessorStats(9, 9, 0, 0, 0), List.of());
            assertTrue(done.contains("lag 0"), done);
            var unknown = shown(inPlace, new ProcessorStats(9, 2, 0, 0, -1), List.of());
            assertTrue(unknown.contains("lag -"), unknown);
        }
    }
}
