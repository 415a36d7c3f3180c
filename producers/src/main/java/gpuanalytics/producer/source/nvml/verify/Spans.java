package gpuanalytics.producer.source.nvml.verify;

import gpuanalytics.event.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Averages over windows, ours and dmon's, compared by their totals over every span of ten seconds
 * or more.
 *
 * <p>Single windows cannot be compared: both are about a second long, but dmon's end at other
 * moments than ours. A line of dmon is dated by the second in which it was printed, and its window
 * had ended by then, at most one period before. So it ended within one second of its date, before
 * or after; where exactly wanders, for dmon's period is not quite a second, and now and then a
 * window is never printed.
 *
 * <p>Our total of a span is exact: each rate times its window. dmon's is each rate times the time
 * from one date to the next. As a span begins and ends within a second of where dmon's windows do,
 * the two totals can differ at each end by the change between two seconds: one that only one of
 * both counts, and one that dmon's lines count in its place. Both seconds lie between the least and
 * the largest of dmon's lines in the span and of the windows of both next to its ends. Hence the
 * bound: two seconds times (largest - least), and for every second of the span the reading's
 * tolerance. Under a steady load the ends cost nothing; a step of the load costs two windows in
 * ten, or in sixty.
 *
 * <p>This supposes that the parts of a window at an end are like the windows around it, so it suits
 * loads that hold for seconds. It sees one wrong window only where that is off by ten seconds'
 * tolerance.
 */
final class Spans {

    private static final double SHORTEST_S = 10;

    /** Samples are taken at whole seconds; a span begins and ends only at one that was not late. */
    private static final Duration MAX_LATE = Duration.ofMillis(20);

    /** How far the end of a window of dmon may be from our sample of the second that dates it. */
    private static final double MAX_OFFSET_S = 1 + MAX_LATE.toMillis() / 1e3;

    /** From one line to the next; with a longer hole nothing is known of what dmon counted. */
    private static final long MAX_HOLE_S = 2;

    /**
     * Averages over a span.
     *
     * @param first the index of the sample at its beginning
     * @param last the index of the sample at its end
     * @param seconds how long it is
     * @param allowed how far apart the averages may be
     */
    record Span(int first, int last, double seconds, double ours, double theirs, double allowed) {

        double distance() {
            return Math.abs(ours - theirs);
        }

        boolean good() {
            return distance() <= allowed;
        }

        /** 1 at the bound. */
        double strain() {
            return distance() / allowed;
        }
    }

    private final List<Event> samples;
    private final ComparedReading reading;
    private final TreeMap<Long, Double> theirs = new TreeMap<>();

    /**
     * @param samples of one GPU, in the order of time
     * @param rows of dmon about the same GPU
     */
    Spans(List<Event> samples, List<SmiRow> rows, ComparedReading reading) {
        this.samples = samples;
        this.reading = reading;
        for (var row : rows) {
            var value = row.number(reading.column());
            if (value != null) {
                theirs.put(row.at().getEpochSecond(), value * reading.scale());
            }
        }
    }

    /** Every span over which both have all windows. */
    List<Span> all() {
        var spans = new ArrayList<Span>();
        for (int first = 0; first < samples.size(); first++) {
            if (isEnd(first)) {
                addFrom(first, spans);
            }
        }
        return spans;
    }

    private boolean isEnd(int index) {
        return ours(index) != null && isPunctual(index) && theirs.containsKey(second(index));
    }

    private boolean isPunctual(int index) {
        var late = Duration.between(Instant.ofEpochSecond(second(index)), samples.get(index).ts());
        return late.compareTo(MAX_LATE) <= 0;
    }

    private void addFrom(int first, List<Span> spans) {
        double ourTotal = 0;
        double theirTotal = 0;
        var range = near(first);
        for (int last = first + 1; last < samples.size(); last++) {
            var rate = ours(last);
            if (rate == null || hasHole(last)) {
                return;
            }
            ourTotal += rate * secondsOf(last);
            theirTotal += theirTotal(last, range);
            double seconds = seconds(first, last);
            if (isEnd(last) && Math.round(seconds) >= SHORTEST_S) {
                double ours = ourTotal / seconds;
                double ends = 2 * MAX_OFFSET_S * spread(range, near(last)) / seconds;
                double allowed = ends + reading.allowed(ours);
                double others = theirTotal / (second(last) - second(first));
                spans.add(new Span(first, last, seconds, ours, others, allowed));
            }
        }
    }

    /** What dmon's lines dated in the window of a sample count; each is added to the range. */
    private double theirTotal(int index, DoubleSummaryStatistics range) {
        double total = 0;
        var lines = theirs.subMap(second(index - 1), false, second(index), true);
        for (var line : lines.entrySet()) {
            long before = Objects.requireNonNull(theirs.lowerKey(line.getKey()));
            total += line.getValue() * (line.getKey() - before);
            range.accept(line.getValue());
        }
        return total;
    }

    /** Whether dmon is silent for too long before the end of a sample's window. */
    private boolean hasHole(int index) {
        var end = theirs.ceilingKey(second(index));
        for (var line = end; line != null && line > second(index - 1); ) {
            var before = theirs.lowerKey(line);
            if (before == null || line - before > MAX_HOLE_S) {
                return true;
            }
            line = before;
        }
        return end == null;
    }

    /** The windows of both that may reach into the two seconds around a sample, and one beside. */
    private DoubleSummaryStatistics near(int index) {
        var near = new DoubleSummaryStatistics();
        long second = second(index);
        theirs.subMap(second - 1, true, second + 2, true).values().forEach(near::accept);
        for (int other = index; other > 0 && second(other) >= second - 1; other--) {
            accept(near, ours(other));
        }
        for (int other = index + 1; isWithin(other, second + 1); other++) {
            accept(near, ours(other));
        }
        return near;
    }

    private boolean isWithin(int index, long latestStart) {
        return index < samples.size() && second(index - 1) <= latestStart;
    }

    private static void accept(DoubleSummaryStatistics range, @Nullable Double value) {
        if (value != null) {
            range.accept(value);
        }
    }

    private static double spread(DoubleSummaryStatistics one, DoubleSummaryStatistics other) {
        return Math.max(one.getMax(), other.getMax()) - Math.min(one.getMin(), other.getMin());
    }

    private @Nullable Double ours(int index) {
        var value = samples.get(index).get(reading.field());
        return value == null ? null : value.doubleValue();
    }

    private long second(int index) {
        return samples.get(index).ts().getEpochSecond();
    }

    private double secondsOf(int index) {
        return seconds(index - 1, index);
    }

    private double seconds(int first, int last) {
        return Duration.between(samples.get(first).ts(), samples.get(last).ts()).toNanos() / 1e9;
    }
}
