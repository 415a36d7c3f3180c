package gpuanalytics.placement.model;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * One thing's course for each workload. Who tells what happened does not know all that who asks
 * does, and the other way round: what one of them does not know keeps nothing apart.
 */
final class WorkloadCourses {

    private record Name(String namespace, String name) {

        static Name of(Workload workload) {
            return new Name(workload.namespace(), workload.name());
        }
    }

    private final Courses<Workload> exact;
    private final Map<Name, Set<Workload>> seen = new HashMap<>();
    private final Map<Workload, Course> asked = new ConcurrentHashMap<>();

    /**
     * The courses of observations.
     *
     * @param ordered in the order of {@code knownAt}
     */
    WorkloadCourses(
            List<Observation> ordered,
            Function<Observation, Instant> knownAt,
            Courses.Value value) {
        exact = Courses.of(ordered, Observation::workload, knownAt, value);
        for (var each : ordered) {
            seen.computeIfAbsent(Name.of(each.workload()), _ -> new LinkedHashSet<>())
                    .add(each.workload());
        }
    }

    Course of(Workload workload) {
        return asked.computeIfAbsent(workload, this::find);
    }

    private Course find(Workload workload) {
        var courses =
                seen.getOrDefault(Name.of(workload), Set.of()).stream()
                        .filter(workload::mayBe)
                        .map(exact::of)
                        .toList();
        return courses.size() == 1 ? courses.getFirst() : Course.merged(courses);
    }
}
