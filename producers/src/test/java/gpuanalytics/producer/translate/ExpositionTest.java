package gpuanalytics.producer.translate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of Prometheus; {@code -Dfuzz.seed} repeats a run. */
class ExpositionTest {

    private static final int ROUNDS = 20_000;

    private static List<Series> read(String text) throws ExpositionException {
        return Exposition.read(text, name -> !name.startsWith("unwanted"), 100);
    }

    @Test
    void readsSeriesWithAndWithoutLabelsBetweenComments() throws Exception {
        var series =
                read(
                        """
                        # HELP up Whether it is
                        # TYPE up gauge
                        up 1
                        vllm:tokens_total{model="a\\"b\\\\c\\nd", engine = "0",} 1.5e3 1772359200000
                        \tDCGM{gpu="0",pod=""}\t-7\r

                        with_exemplar_total{} 3 # {trace_id="x"} 1 2
                        # EOF\
                        """);

        assertEquals(
                List.of(
                        new Series("up", Map.of(), 1),
                        new Series(
                                "vllm:tokens_total",
                                Map.of("model", "a\"b\\c\nd", "engine", "0"),
                                1500),
                        new Series("DCGM", Map.of("gpu", "0"), -7),
                        new Series("with_exemplar_total", Map.of(), 3)),
                series);
    }

    @ParameterizedTest
    @CsvSource({
        "NaN, NaN",
        "+Inf, Infinity",
        "-Inf, -Infinity",
        "9223372036854775794, 9.223372036854775807e18"
    })
    void readsEveryKindOfValue(String written, double value) throws Exception {
        assertEquals(value, read("a " + written).getFirst().value());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a x",
                "a 0x1p3",
                "a 1d",
                "a 1 2 3",
                "a 1 yesterday",
                "a{b=c} 1",
                "a{b=\"c\" 1",
                "a{b=\"c} 1",
                "a{b=\"\\x\"} 1",
                "a{b=\"1\",b=\"2\"} 1",
                "a{b=\"1\" c=\"2\"} 1",
                "a{1b=\"1\"} 1",
                "{a=\"b\"} 1",
                "1a 1"
            })
    void aWantedLineThatIsNoneCostsTheText(String line) {
        var failure = assertThrows(ExpositionException.class, () -> read("good 1\n" + line));

        assertTrue(failure.getMessage().startsWith("line 2 has "), failure.getMessage());
        assertTrue(failure.getMessage().contains("expected"), failure.getMessage());
    }

    @Test
    void linesThatNobodyWantsAreNotLookedAt() throws Exception {
        assertEquals(1, read("unwanted{broken\na 1\nunwanted_too x y z").size());
    }

    @Test
    void moreSeriesThanThereMayBeAreRefusedByTheirNumber() {
        var failure =
                assertThrows(
                        ExpositionException.class,
                        () -> Exposition.read("a 1\na 2\na 3", _ -> true, 2));

        assertEquals("more than 2 series of interest, expected at most 2", failure.getMessage());
    }

    @Test
    void whatIsDamagedIsReadOrRefusedAndNothingElse() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        var random = new Random(seed);
        var good =
                "# TYPE a gauge\na{b=\"c\\n\",d=\"é\"} 1.5 17\nDCGM_FI_DEV_GPU_UTIL{gpu=\"0\"} NaN\n"
                        .getBytes(ISO_8859_1);
        for (int i = 0; i < ROUNDS; i++) {
            var bytes = good.clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            var text = new String(bytes, 0, random.nextInt(bytes.length + 1), ISO_8859_1);
            try {
                assertTrue(Exposition.read(text, _ -> true, 100).size() <= 100);
            } catch (ExpositionException e) {
                assertTrue(e.getMessage().contains("expected"), text);
            } catch (RuntimeException e) {
                throw new AssertionError("-Dfuzz.seed=" + seed + ", round " + i + ": " + text, e);
            }
        }
    }
}
