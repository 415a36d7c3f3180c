package gpuanalytics.placement.fragment;

import gpuanalytics.placement.cluster.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests that a cluster usually gets: the most frequent ones that together are so many
 * percent of all. Memory does not part them.
 */
public final class TypicalPods {

    private static final Comparator<Map.Entry<Shape, Long>> MOST_FREQUENT_FIRST =
            Map.Entry.<Shape, Long>comparingByValue()
                    .thenComparingInt(entry -> entry.getKey().cpuMilli())
                    .thenComparingInt(entry -> entry.getKey().gpuMilli())
                    .thenComparingInt(entry -> entry.getKey().gpus())
                    .thenComparingLong(entry -> entry.getKey().models())
                    .reversed();

    private final List<Shape> shapes = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private long inAll;

    /**
     * Chooses them.
     *
     * @param requests how often each shape is asked for
     * @param percent how much of all requests they cover at least
     */
    public TypicalPods(Map<Shape, Long> requests, double percent) {
        var counted = new LinkedHashMap<Shape, Long>();
        long all = 0;
        for (var request : requests.entrySet()) {
            counted.merge(request.getKey().withoutMemory(), request.getValue(), Long::sum);
            all += request.getValue();
        }
        for (var entry : counted.entrySet().stream().sorted(MOST_FREQUENT_FIRST).toList()) {
            if (inAll * 100.0 >= percent * all) {
                break;
            }
            shapes.add(entry.getKey());
            counts.add(entry.getValue());
            inAll += entry.getValue();
        }
    }

    /** How many shapes they are. */
    public int size() {
        return shapes.size();
    }

    /** All of them, the most frequent first, without their memory. */
    public List<Shape> shapes() {
        return List.copyOf(shapes);
    }

    Shape shape(int number) {
        return shapes.get(number);
    }

    long count(int number) {
        return counts.get(number);
    }

    /** How many requests they are: the sum of all weights. */
    public long inAll() {
        return inAll;
    }
}
