package gpuanalytics.placement.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuanalytics.embedded.testing.Lane;
import gpuanalytics.embedded.testing.SettableClock;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Intervals on held-out days of real GPUs: each window is predicted before it begins, by the model
 * and with the width that there were then.
 */
class RealSeriesTest {

    private static final int WINDOWS_PER_DAY = 6;
    private static final List<Target> TARGETS =
            List.of(Target.P95_UTILIZATION, Target.PEAK_MEMORY_MIB);

    /** Outcomes of a day, or of all of them, and how many lay in their intervals. */
    private static final class Count {
        private int held;
        private int given;

        double share() {
            return (double) held / given;
        }
    }

    @Test
    void intervalsOfNinetyPercentHoldNinetyPercentOfTheHeldOutDays() throws Exception {
        var folder = RealSeries.find();
        if (folder == null) {
            Lane.sayAbsent("coverage", "shared/data/alibaba-genai-2026 is not there");
        }
        assumeTrue(folder != null);
        var windows = RealSeries.windows(Objects.requireNonNull(folder));
        var clock = new SettableClock(RealSeries.START);
        var settings = ModelSettings.defaults();
        var store = new ObservationStore(settings.maxObservations(), clock);
        var keeper = new ModelKeeper(store, settings, clock);
        var all = new EnumMap<Target, Count>(Target.class);
        TARGETS.forEach(target -> all.put(target, new Count()));
        var day = new EnumMap<Target, Count>(Target.class);

        for (int number = 0; number < windows.size(); number++) {
            if (number % WINDOWS_PER_DAY == 0) {
                TARGETS.forEach(target -> day.put(target, new Count()));
            }
            var history = new History(store.all());
            for (var seen : windows.get(number)) {
                for (var target : TARGETS) {
                    count(keeper, history, target, seen, List.of(all, day));
                }
            }
            clock.set(RealSeries.START.plus(RealSeries.WINDOW.multipliedBy(number + 1L)));
            windows.get(number).forEach(store::add);
            keeper.tick();
            if (number % WINDOWS_PER_DAY == WINDOWS_PER_DAY - 1) {
                print(number / WINDOWS_PER_DAY, day, keeper);
            }
        }

        for (var target : TARGETS) {
            var count = Objects.requireNonNull(all.get(target));
            System.out.printf(
                    Locale.ROOT,
                    "[coverage] %s: %.1f %% of %d held-out outcomes%n",
                    target.label(),
                    100 * count.share(),
                    count.given);
            assertTrue(count.given > 5000, "expected thousands of outcomes");
            assertEquals(0.9, count.share(), 0.03, target.label());
        }
    }

    /** Asks the champion, whether it serves or not: intervals must be right before it does. */
    private static void count(
            ModelKeeper keeper,
            History history,
            Target target,
            Observation seen,
            List<Map<Target, Count>> counts) {
        var champion = keeper.champion(target);
        var outcome = target.of(seen);
        if (champion.isEmpty() || outcome == null) {
            return;
        }
        var said = champion.get().predict(history.question(target, seen.subject()));
        double sum = said.base();
        for (double part : said.contributions().values()) {
            sum += part;
        }
        assertEquals(said.value(), sum, 1e-9);
        boolean isHeld = said.low() <= outcome && outcome <= said.high();
        for (var each : counts) {
            var count = Objects.requireNonNull(each.get(target));
            count.given++;
            count.held += isHeld ? 1 : 0;
        }
    }

    private static void print(int number, Map<Target, Count> day, ModelKeeper keeper) {
        for (var target : TARGETS) {
            var count = Objects.requireNonNull(day.get(target));
            var state = keeper.state(target);
            if (count.given > 0) {
                System.out.printf(
                        Locale.ROOT,
                        "[coverage] day %2d %-16s %5.1f %% of %d; then: %s%n",
                        number,
                        target.label(),
                        100 * count.share(),
                        count.given,
                        state.why());
            }
        }
    }
}
