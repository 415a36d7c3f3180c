package gpuanalytics.local.demo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.synthetic.Fleet;
import gpuanalytics.producer.source.synthetic.SyntheticOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What goes wrong on the day does so at whatever hour and with whatever fleet it is told. */
class DemoDayTest {

    private static final Duration LENGTH = Duration.ofSeconds(24);
    private static final Duration STEP = Duration.ofMillis(100);
    private static final Duration INTERVAL = Duration.ofMinutes(5);
    private static final Instant DAY = Instant.parse("2026-11-29T00:00:00Z");
    private static final int ENOUGH = 10_000;
    private static final double WORKS = 0.3;
    private static final double HOT_C = 91;

    @TestFactory
    List<DynamicTest> oneGpuThrottlesAtItsWorkAndOneIsLost() {
        var tests = new ArrayList<DynamicTest>();
        for (int gpus : new int[] {12, 24}) {
            for (int hour = 0; hour < 24; hour += 2) {
                int size = gpus;
                var began = DAY.plus(Duration.ofMinutes(60L * hour + 57));
                tests.add(
                        DynamicTest.dynamicTest(
                                "%d GPUs, %s".formatted(gpus, began), () -> check(size, began)));
            }
        }
        return tests;
    }

    /** A machine that has much to do starts a program in seconds that are hours of the day. */
    @Test
    void aDayThatIsFirstAskedLateIsToldFromItsBeginning() {
        var time = new DemoTime(DAY, LENGTH);
        var day = day(12, time);

        var first = day.take(DAY.plus(LENGTH.dividedBy(2)), 1).getFirst().ts();

        assertTrue(first.isBefore(time.start().plus(INTERVAL.multipliedBy(2))), first::toString);
    }

    private static DemoDay day(int gpus, DemoTime time) {
        var fleet = Fleet.of(gpus);
        return new DemoDay(
                new SyntheticOptions(fleet, 16, INTERVAL, Duration.ofDays(1)),
                gpus / 30.0,
                time,
                new Incidents(fleet, time));
    }

    private static void check(int gpus, Instant began) {
        var time = new DemoTime(began, LENGTH);
        var day = day(gpus, time);
        Map<String, Duration> throttled = new HashMap<>();
        Map<String, Duration> lost = new HashMap<>();
        for (var now = began; !time.isOver(now); now = now.plus(STEP)) {
            for (var event : day.take(now, ENOUGH)) {
                if (event.topic() != EventTopic.GPU_METRICS) {
                    continue;
                }
                var gpu = event.get(GpuMetric.GPU_UUID);
                var works = orZero(event.get(GpuMetric.UTILIZATION)) > WORKS;
                if (works && orZero(event.get(GpuMetric.TEMP_C)) == HOT_C) {
                    throttled.merge(gpu, INTERVAL, Duration::plus);
                }
                if (orZero(event.get(GpuMetric.XID)) == Incidents.XID) {
                    lost.merge(gpu, INTERVAL, Duration::plus);
                }
            }
        }
        assertTrue(throttled.size() == 1 && hours(throttled) >= 5, "throttled: " + throttled);
        assertTrue(lost.size() == 1 && hours(lost) >= 3, "lost: " + lost);
    }

    private static double orZero(@Nullable Number reading) {
        return reading == null ? 0 : reading.doubleValue();
    }

    private static long hours(Map<String, Duration> times) {
        return times.values().stream().mapToLong(Duration::toHours).sum();
    }
}
