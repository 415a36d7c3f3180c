package gpuanalytics.placement.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of one thing in the order in which they became known. */
final class Course {

    static final Course EMPTY = new Course();

    private static final int LAST = 10;

    private long[] times = new long[8];
    private double[] values = new double[8];

    /** The sum of all values before a place. */
    private double[] sums = new double[9];

    private int size;

    /** All values of several, in the order in which they became known. */
    static Course merged(List<Course> courses) {
        var merged = new Course();
        var next = new int[courses.size()];
        for (int earliest = 0; earliest >= 0; ) {
            earliest = -1;
            for (int each = 0; each < next.length; each++) {
                boolean hasNext = next[each] < courses.get(each).size;
                if (hasNext
                        && (earliest < 0
                                || courses.get(each).times[next[each]]
                                        < courses.get(earliest).times[next[earliest]])) {
                    earliest = each;
                }
            }
            if (earliest >= 0) {
                var from = courses.get(earliest);
                int place = next[earliest]++;
                merged.add(Instant.ofEpochMilli(from.times[place]), from.values[place]);
            }
        }
        return merged;
    }

    /** Adds a value that became known not before those that are there. */
    void add(Instant knownAt, double value) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
            sums = Arrays.copyOf(sums, 2 * size + 1);
        }
        times[size] = knownAt.toEpochMilli();
        values[size] = value;
        sums[size + 1] = sums[size] + value;
        size++;
    }

    /** How many values were known at a moment. */
    private int known(Instant at) {
        long time = at.toEpochMilli();
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (times[middle] <= time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The last ten values that were known at a moment, or those that were. */
    double[] lastTen(Instant at) {
        int known = known(at);
        return Arrays.copyOfRange(values, Math.max(0, known - LAST), known);
    }

    /** The last value; null where none was known. */
    @Nullable Double last(Instant at) {
        int known = known(at);
        return known == 0 ? null : values[known - 1];
    }

    /** The sum of what became known in the time before a moment; null where nothing did. */
    @Nullable Double sum(Instant at, Duration before) {
        int from = known(at.minus(before));
        int to = known(at);
        return from == to ? null : Math.max(0, sums[to] - sums[from]);
    }

    /** The largest of what became known in the time before a moment; null where nothing did. */
    @Nullable Double max(Instant at, Duration before) {
        int from = known(at.minus(before));
        int to = known(at);
        return from == to ? null : Arrays.stream(values, from, to).max().orElseThrow();
    }
}
