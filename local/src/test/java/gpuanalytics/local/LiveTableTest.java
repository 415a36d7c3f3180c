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

    @Test
    void showsWhatANameHidesByItsNumbers() {
        var evil = "m\u202e\u001b[2Jx";
        for (var inPlace : List.of(true, false)) {
            var bytes = new ByteArrayOutputStream();
            var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
            new LiveTable(out, inPlace)
                    .show(
                            new ProcessorStats(1, 1, 0, 0, 0),
                            List.of(
                                    new Model(
                                            evil,
                                            1,
                                            2,
                                            3,
                                            OptionalDouble.empty(),
                                            OptionalDouble.empty())),
                            new Fleet(
                                    0,
                                    OptionalDouble.empty(),
                                    OptionalDouble.empty(),
                                    OptionalDouble.empty()),
                            Bill.NONE,
                            1);

            var shown = bytes.toString(StandardCharsets.UTF_8);
            assertTrue(shown.contains("m\\u202e\\u001b[2Jx"), shown);
            assertFalse(shown.contains("\u202e"), shown);
        }
    }
}
