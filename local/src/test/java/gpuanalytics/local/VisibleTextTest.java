package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

class VisibleTextTest {

    @Test
    void letsThroughWhatCanBeSeen() {
        for (var text :
                List.of(
                        "llama-3.1 70b",
                        "R&D, ünïcode",
                        "模型",
                        "نموذج",
                        "\ud83d\ude00",
                        "a\\b",
                        "=1+1")) {
            assertEquals(text, VisibleText.of(text));
        }
    }

    @Test
    void escapesWhatMovesTurnsOrHides() {
        assertEquals("a\\u202eb", VisibleText.of("a\u202eb"));
        assertEquals("\\u001b[2J", VisibleText.of("\u001b[2J"));
        assertEquals("x\\u200by\\ufeff", VisibleText.of("x\u200by\ufeff"));
        assertEquals("\\u0009tab\\u000a\\u000d", VisibleText.of("\ttab\n\r"));
        assertEquals("\\u009b31m", VisibleText.of("\u009b31m"));
        assertEquals("\\u2067\\u2069\\u061c", VisibleText.of("\u2067\u2069\u061c"));
        assertEquals("\\u00a0\\u3164\\ufe0f", VisibleText.of("\u00a0\u3164\ufe0f"));
        assertEquals("\\u{e0041}", VisibleText.of("\udb40\udc41"));
        assertEquals("\\ud800", VisibleText.of("\ud800"));
    }

    /** Every character there is: what comes out has nothing of the kinds that do harm. */
    @Test
    void letsNoFormatOrControlCharacterThrough() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            var shown = VisibleText.of(Character.toString(c));
            assertTrue(
                    shown.codePoints()
                            .allMatch(
                                    out -> {
                                        int type = Character.getType(out);
                                        return type != Character.CONTROL
                                                && type != Character.FORMAT
                                                && type != Character.SURROGATE;
                                    }),
                    Integer.toHexString(c));
        }
    }

    @Test
    void tablesShowNamesSo() {
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
                            1);

            var shown = bytes.toString(StandardCharsets.UTF_8);
            assertTrue(shown.contains("m\\u202e\\u001b[2Jx"), shown);
            assertFalse(shown.contains("\u202e"), shown);
        }
    }
}
