package gpuanalytics.producer.source.nvml.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** That a difference is seen: 60 samples a second apart beside 240 lines. */
final class SmiComparisonTest {

    private static final Instant START = Instant.parse("2026-11-27T12:00:00Z");
    private static final int SECONDS = 60;
    private static final int LINES_PER_SECOND = 4;

    private static final ComparedReading POWER = reading("power.draw");
    private static final ComparedReading CLOCK = reading("clocks.sm");

    private static ComparedReading reading(String column) {
        return ComparedReading.OF_QUERY.stream()
                .filter(reading -> reading.column().equals(column))
                .findFirst()
                .orElseThrow();
    }

    private static Event.Builder sample(double second) {
        return Recording.builder(START.plusNanos(Math.round(second * 1e9)));
    }

    private static List<Event> power(DoubleUnaryOperator watts) {
        var samples = new ArrayList<Event>();
        for (int second = 0; second < SECONDS; second++) {
            samples.add(
                    sample(second)
                            .set(GpuMetric.POWER_W, watts.applyAsDouble(second))
                            .set(GpuMetric.ENERGY_J_TOTAL, 1e6 + 700.0 * second)
                            .build());
        }
        return samples;
    }

    private static List<SmiRow> rows(String column, DoubleUnaryOperator value) {
        var rows = new ArrayList<SmiRow>();
        for (int line = 0; line < SECONDS * LINES_PER_SECOND; line++) {
            double second = (double) line / LINES_PER_SECOND;
            rows.add(
                    new SmiRow(
                            START.plusMillis(Math.round(second * 1000)),
                            line % 2 == 0 ? 0 : 1,
                            Map.of(column, Double.toString(value.applyAsDouble(second)))));
        }
        return rows;
    }

    @Test
    void readingsThatRiseTogetherAgree() {
        var line =
                new SmiComparison(power(s -> 100 + 10 * s), rows("power.draw", s -> 100 + 10 * s))
                        .of(POWER);

        assertTrue(line.good(), line.print());
        assertEquals(SECONDS, line.compared());
    }

    @Test
    void oneReadingThatIsOffIsSeen() {
        var line =
                new SmiComparison(power(s -> s == 30 ? 720 : 700), rows("power.draw", s -> 700))
                        .of(POWER);

        assertFalse(line.good());
        assertEquals("DISAGREES 1", line.verdict());
    }

    @Test
    void powerThatFallsMayBeBeyondTheLinesAroundItAsFarAsTheyLieApart() {
        assertTrue(beyondTheLines(s -> s <= 30 ? 541 : 530).good());
        assertFalse(beyondTheLines(s -> 530).good());
        assertFalse(beyondTheLines(s -> s <= 29 ? 541 : 530).good());
    }

    /** Samples of 540 W but for one of 522 W between the lines of 30.0 and 30.5 s. */
    private static Line beyondTheLines(DoubleUnaryOperator lines) {
        var samples = new ArrayList<Event>();
        for (int second = 0; second < SECONDS; second++) {
            double watts = second == 30 ? 522 : lines.applyAsDouble(second + 0.25);
            samples.add(sample(second + 0.25).set(GpuMetric.POWER_W, watts).build());
        }
        return new SmiComparison(samples, rows("power.draw", lines)).of(POWER);
    }

    @Test
    void aWrongUnitIsSeen() {
        var line = new SmiComparison(power(s -> 0.7), rows("power.draw", s -> 700)).of(POWER);

        assertFalse(line.good());
    }

    @Test
    void aReadingThatOnlyNvidiaSmiHasIsSeen() {
        var samples = List.of(sample(0).build(), sample(1).build());

        var line = new SmiComparison(samples, rows("power.draw", s -> 700)).of(POWER);

        assertFalse(line.good());
        assertEquals("TOO FEW", line.verdict());
    }

    @Test
    void whatNvidiaSmiDoesNotHaveIsSaid() {
        var line = new SmiComparison(power(s -> 700), rows("fan.speed", s -> 30)).of(POWER);

        assertTrue(line.good());
        assertEquals("nvidia-smi has none", line.verdict());
    }

    @Test
    void anotherGpusLinesAreNotCompared() {
        var others =
                rows("power.draw", s -> 700).stream().filter(row -> row.gpuIndex() == 1).toList();

        assertEquals(0, new SmiComparison(power(s -> 700), others).of(POWER).compared());
    }

    @Test
    void aClockThatJumpsIsComparedByItsDistribution() {
        var samples = new ArrayList<Event>();
        for (int second = 0; second < SECONDS; second++) {
            // every fifth is another clock, as where a GPU pauses and boosts
            samples.add(sample(second).set(GpuMetric.SM_CLOCK_HZ, jump(second)).build());
        }

        var same = new SmiComparison(samples, rows("clocks.sm", s -> jump((int) (4 * s)) / 1e6));
        var other = new SmiComparison(samples, rows("clocks.sm", s -> 1410));

        assertTrue(same.of(CLOCK).good(), same.of(CLOCK).print());
        assertFalse(other.of(CLOCK).good(), other.of(CLOCK).print());
    }

    private static double jump(int index) {
        return index % 5 == 0 ? 1.92e9 : 1.38e9 + 15e6 * (index % 3);
    }

    @Test
    void theCounterOfEnergyMustMatchThePower() {
        assertTrue(new SmiComparison(power(s -> 700), List.of()).energy().good());
        assertTrue(new SmiComparison(power(s -> 680), List.of()).energy().good());
        assertFalse(new SmiComparison(power(s -> 650), List.of()).energy().good());
        assertFalse(new SmiComparison(power(s -> 750), List.of()).energy().good());
    }
}
