package gpuanalytics.processor.meter;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.rollup.MeterState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest moment of a GPU and what was said of it: enough to tell nearly always, without asking
 * the store, that a sample contradicts none before it. For one thread at a time.
 */
final class Moment {

    /** Of a moment with more words the rest is not known. */
    private static final int MAX_WORDS = 32;

    private long at = MeterState.NEVER;
    private double intervalS = Double.NaN;

    /** The first word; null where not all words are known. */
    private @Nullable EventValues first;

    private long firstTurn;
    private List<EventValues> further = List.of();

    /** What is stored may have words that nobody here has read. */
    void seed(long newestAt, double newestIntervalS) {
        if (newestAt >= at) {
            at = newestAt;
            intervalS = newestIntervalS;
            first = null;
            further = List.of();
        }
    }

    /** Whether a sample surely contradicts none that came before it. */
    boolean admits(EventValues sample) {
        long its = sample.epochNanos();
        if (its != at) {
            return its > at;
        }
        return first != null
                && first.agreesWith(sample)
                && further.stream().allMatch(sample::agreesWith);
    }

    /**
     * Whether a sample tells of something of which an earlier turn has told: of several readings of
     * one thing that comes first counts.
     */
    boolean goesOn(EventValues sample, long turn) {
        return sample.epochNanos() == at
                && turn != firstTurn
                && first != null
                && (isOfOneThing(first, sample)
                        || further.stream().anyMatch(word -> isOfOneThing(word, sample)));
    }

    private static boolean isOfOneThing(EventValues one, EventValues other) {
        return (Decisions.dependsOnLast(one) || Decisions.dependsOnLast(other))
                && ((hasEnergy(one) && hasEnergy(other)) || (hasErrors(one) && hasErrors(other)));
    }

    private static boolean hasEnergy(EventValues sample) {
        return sample.has(GpuMetric.POWER_W) || sample.has(GpuMetric.ENERGY_J_TOTAL);
    }

    private static boolean hasErrors(EventValues sample) {
        return sample.has(GpuMetric.XID) || sample.has(GpuMetric.XID_ERRORS_TOTAL);
    }

    /** Notes a sample as said. */
    void note(EventValues sample, long turn) {
        long its = sample.epochNanos();
        if (its > at) {
            at = its;
            intervalS = sample.number(GpuMetric.INTERVAL_S);
            first = sample;
            firstTurn = turn;
            further = List.of();
        } else if (its == at && first != null && !first.equals(sample)) {
            add(sample);
        }
    }

    private void add(EventValues sample) {
        if (further.isEmpty()) {
            further = new ArrayList<>(2);
        }
        if (further.size() == MAX_WORDS) {
            first = null;
        } else if (!further.contains(sample)) {
            further.add(sample);
        }
    }

    /** The time that the sample of a word stands for, which its first word tells. */
    double intervalS(EventValues sample) {
        return sample.epochNanos() == at && !Double.isNaN(intervalS)
                ? intervalS
                : sample.number(GpuMetric.INTERVAL_S);
    }
}
