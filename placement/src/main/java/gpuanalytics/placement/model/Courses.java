package gpuanalytics.placement.model;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One thing's course for each workload or node. */
final class Courses<K> {

    private final Map<K, Course> byKey = new HashMap<>();

    /** Takes a value out of each observation that has one. */
    interface Value {
        @Nullable Double of(Observation seen);
    }

    /**
     * The courses of observations.
     *
     * @param key may give null for an observation that belongs nowhere
     * @param ordered in the order of {@code knownAt}
     */
    static <K> Courses<K> of(
            List<Observation> ordered,
            Function<Observation, @Nullable K> key,
            Function<Observation, Instant> knownAt,
            Value value) {
        var courses = new Courses<K>();
        for (var seen : ordered) {
            var number = value.of(seen);
            var whose = key.apply(seen);
            if (number != null && whose != null) {
                courses.byKey
                        .computeIfAbsent(whose, _ -> new Course())
                        .add(knownAt.apply(seen), number);
            }
        }
        return courses;
    }

    Course of(@Nullable K key) {
        var course = key == null ? null : byKey.get(key);
        return course == null ? Course.EMPTY : course;
    }
}
