package gpuanalytics.producer.source.nvml.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Averages over windows that are not aligned: recorded ones, spoilt ones, and made ones. */
final class SpansTest {

    static final List<ComparedReading> READINGS = ComparedReading.OF_DMON;

    private static final Recording IDLE = Recording.read("2026-11-28-idle");
    private static final Recording LOAD = Recording.read("2026-11-28-load");

    private static void assertSeen(Line line) {
        assertTrue(line.verdict().startsWith("DISAGREES"), line.print());
        assertFalse(line.good(), line.print());
    }

    private static void assertAgrees(Line line) {
        assertEquals("agrees", line.verdict(), line.print());
        assertTrue(line.good(), line.print());
    }

    @ParameterizedTest
    @FieldSource("READINGS")
    void theRecordedMinutesAgree(ComparedReading reading) {
        assertAgrees(IDLE.compare(reading));
        assertAgrees(LOAD.compare(reading));
    }

    @ParameterizedTest
    @FieldSource("READINGS")
    void aTenthTooMuchOrTooLittleIsSeen(ComparedReading reading) {
        // a ratio cannot exceed 1
        double most = reading.scale() < 1 ? 1 : Double.MAX_VALUE;

        assertSeen(LOAD.with(reading, value -> Math.min(most, 1.1 * value)).compare(reading));
        assertSeen(LOAD.with(reading, value -> 0.9 * value).compare(reading));
    }

    @ParameterizedTest
    @FieldSource("READINGS")
    void anotherGpusLinesAreSeen(ComparedReading reading) {
        assertSeen(LOAD.beside(IDLE, Duration.ZERO).compare(reading));
        assertSeen(IDLE.beside(LOAD, Duration.ZERO).compare(reading));
    }

    @ParameterizedTest
    @FieldSource("READINGS")
    void theSameLoadAtOtherTimesIsSeen(ComparedReading reading) {
        // it pauses for 5 s of every 20 s
        for (int seconds : List.of(-10, -5, -3, 5, 10)) {
            var other = LOAD.beside(LOAD, Duration.ofSeconds(seconds));
            var spans = new Spans(other.samples(), other.rows(), reading).all();

            assertTrue(spans.stream().anyMatch(span -> !span.good()), seconds + " s later");
        }
    }

    @ParameterizedTest
    @FieldSource("READINGS")
    void oneMissedWindowIsSeen(ComparedReading reading) {
        int steady = 36;

        assertSeen(LOAD.with(reading, _ -> 0, steady, steady + 1).compare(reading));
    }

    @Test
    void anotherReadingThatIsNearIsSeen() {
        var multiprocessors = READINGS.get(0);
        var tensorCores = READINGS.get(1);
        var sent = READINGS.get(3);
        var received = READINGS.get(4);

        assertSeen(LOAD.compare(in(multiprocessors, tensorCores.column())));
        assertSeen(LOAD.compare(in(sent, received.column())));
        assertSeen(LOAD.compare(in(received, sent.column())));
    }

    private static ComparedReading in(ComparedReading reading, String column) {
        return new ComparedReading(
                reading.field(),
                column,
                reading.scale(),
                reading.tolerance(),
                reading.relative(),
                reading.kind());
    }

    @ParameterizedTest
    @FieldSource("READINGS")
    void threeLinesProveNothing(ComparedReading reading) {
        assertEquals("TOO FEW", Recording.read("2026-11-27-load").compare(reading).verdict());
    }

    @Test
    void aHoleInTheLinesIsNotFilled() {
        var hole = LOAD.rows().get(30).at();
        var rows =
                LOAD.rows().stream()
                        .filter(row -> Duration.between(hole, row.at()).abs().toSeconds() > 1)
                        .toList();

        for (var span : new Spans(LOAD.samples(), rows, READINGS.getFirst()).all()) {
            var first = LOAD.samples().get(span.first()).ts();
            var last = LOAD.samples().get(span.last()).ts();
            assertFalse(first.isBefore(hole) && last.isAfter(hole), span.toString());
        }
    }

    @Test
    void whereverTheWindowsOfDmonEndTheSameLoadAgrees() {
        for (long seed = 0; seed < 500; seed++) {
            var made = new MadeLoad(new Random(seed)).record();
            assertAgrees(made.compare(READINGS.getFirst()), seed);
        }
    }

    private static void assertAgrees(Line line, long seed) {
        assertTrue(line.good(), () -> "seed " + seed + ": " + line.print());
    }

    /** A load that holds for three to nine seconds, counted over two kinds of windows. */
    private static final class MadeLoad {

        private static final Instant START = Instant.parse("2026-11-28T00:00:00Z");
        private static final int SECONDS = 60;
        private static final double PERIOD_S = 1.008;

        private final Random random;

        /** What was done since the start, by seconds, linear in between. */
        private final TreeMap<Double, Double> done = new TreeMap<>(Map.of(-10.0, 0.0));

        MadeLoad(Random random) {
            this.random = random;
            while (done.lastKey() < SECONDS + 10) {
                double holds = 3 + 6 * random.nextDouble();
                double total = done.lastEntry().getValue() + holds * random.nextDouble();
                done.put(done.lastKey() + holds, total);
            }
        }

        private double average(double from, double to) {
            return (done(to) - done(from)) / (to - from);
        }

        private double done(double second) {
            var before = done.floorEntry(second);
            var after = done.higherEntry(second);
            double share = (second - before.getKey()) / (after.getKey() - before.getKey());
            return before.getValue() + share * (after.getValue() - before.getValue());
        }

        Recording record() {
            var samples = new ArrayList<Event>();
            for (int second = 0; second < SECONDS; second++) {
                var sample = Recording.builder(START.plusSeconds(second));
                Recording.set(sample, READINGS.getFirst(), average(second - 1, second));
                samples.add(sample.build());
            }
            return new Recording(samples, rows());
        }

        /** Each window is printed some time after its end; from some moment on, one later. */
        private List<SmiRow> rows() {
            var rows = new ArrayList<SmiRow>();
            double lag = PERIOD_S * random.nextDouble();
            double jump = SECONDS * random.nextDouble();
            double printed = -3 + random.nextDouble();
            for (; printed < SECONDS + 3; printed += PERIOD_S) {
                double end = printed - (printed < jump ? lag : 0);
                int percent = (int) (100 * average(end - PERIOD_S, end));
                var at = START.plusSeconds((long) Math.floor(printed));
                rows.add(new SmiRow(at, 0, Map.of("smutil", Integer.toString(percent))));
            }
            return rows;
        }
    }
}
