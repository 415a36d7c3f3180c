package gpuanalytics.placement.model;

import gpuanalytics.placement.feature.Feature;
import gpuanalytics.placement.feature.Features;
import gpuanalytics.placement.feature.NodeFeatures;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was known at any moment of the last days: a question for a moment is answered from what had
 * ended by then, so that a model is trained with what it will be asked with. Any thread may ask.
 */
final class History {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final double DAY_S = 86_400;

    private final List<Observation> observations;
    private final WorkloadCourses utilization;
    private final WorkloadCourses memoryRatio;
    private final WorkloadCourses failures;
    private final WorkloadCourses seconds;
    private final Courses<String> nodeEnergy;
    private final Courses<String> nodeBusy;
    private final Map<Target, WorkloadCourses> targets = new EnumMap<>(Target.class);

    History(List<Observation> unordered) {
        observations = ordered(unordered, Observation::to);
        utilization = byWorkload(seen -> seen.outcome().p95Utilization());
        memoryRatio = byWorkload(seen -> seen.outcome().memoryRatio());
        failures = byWorkload(seen -> seen.outcome().failures());
        // of windows whose failures were counted, else a rate would be too low
        seconds = byWorkload(seen -> seen.outcome().failures() == null ? null : seen.seconds());
        nodeEnergy = byNode(seen -> seen.outcome().energyJ());
        nodeBusy = byNode(seen -> seen.outcome().busyGpuSeconds());
        for (var target : Target.ALL) {
            targets.put(
                    target,
                    new WorkloadCourses(
                            ordered(unordered, target::knownAt), target::knownAt, target::of));
        }
    }

    private static List<Observation> ordered(
            List<Observation> observations, Function<Observation, Instant> time) {
        var ordered = new ArrayList<>(observations);
        ordered.sort(
                Comparator.comparing(time)
                        .thenComparing(Observation::pod)
                        .thenComparing(Observation::from));
        return ordered;
    }

    private WorkloadCourses byWorkload(Courses.Value value) {
        return new WorkloadCourses(observations, Observation::to, value);
    }

    /** Energy and busy seconds of windows that have both, so that one divides the other. */
    private Courses<String> byNode(Courses.Value value) {
        return Courses.<String>of(
                observations,
                seen -> seen.node().name(),
                Observation::to,
                seen ->
                        seen.outcome().energyJ() == null || seen.outcome().busyGpuSeconds() == null
                                ? null
                                : value.of(seen));
    }

    /** All of them, those first that ended first. */
    List<Observation> observations() {
        return observations;
    }

    /** What a model is asked with. */
    Question question(Target target, Subject subject) {
        return new Question(features(subject), naive(target, subject));
    }

    /** What the rules of thumb say; those that have nothing to say are absent. */
    Map<NaiveRule, Double> naive(Target target, Subject subject) {
        var courses = targets.get(target);
        var said = new EnumMap<NaiveRule, Double>(NaiveRule.class);
        for (var rule : NaiveRule.ALL) {
            var value =
                    courses == null ? null : rule.of(courses.of(subject.workload()), subject.at());
            if (value != null) {
                said.put(rule, value);
            }
        }
        return said;
    }

    /** What was known of a pod that is to run. */
    Features features(Subject subject) {
        var known = new EnumMap<Feature, Double>(Feature.class);
        var request = subject.request();
        put(known, Feature.REQUEST_CPU, request.cpuMilli());
        put(known, Feature.REQUEST_MEMORY, request.memoryMib());
        put(known, Feature.GPU_MILLI, request.gpuMilli());
        put(known, Feature.NUM_GPU, request.gpus());
        known.put(Feature.HOUR_OF_DAY, (double) subject.at().atOffset(ZoneOffset.UTC).getHour());
        putRuns(known, subject);
        put(known, Feature.FAILURE_RATE, failuresPerDay(subject));
        var node = node(subject);
        put(known, Feature.NODE_POWER_PER_BUSY_SECOND, node.wattsPerBusyGpu());
        put(known, Feature.NODE_FRAGMENT, node.fragmentGpus());
        return Features.of(known, node.gpuModel());
    }

    /** What was known of the node on which it is to run. */
    NodeFeatures node(Subject subject) {
        return new NodeFeatures(
                subject.request().gpuModel(),
                wattsPerBusyGpu(subject),
                subject.node().fragmentGpus());
    }

    private void putRuns(Map<Feature, Double> known, Subject subject) {
        var last = utilization.of(subject.workload()).lastTen(subject.at());
        if (last.length > 0) {
            known.put(Feature.MEDIAN_UTILIZATION, Statistics.median(last));
            known.put(Feature.LAST_UTILIZATION, last[last.length - 1]);
        }
        if (last.length > 1) {
            known.put(Feature.UTILIZATION_DEVIATION, Statistics.deviation(last));
        }
        double highest = Double.NEGATIVE_INFINITY;
        for (double ratio : memoryRatio.of(subject.workload()).lastTen(subject.at())) {
            highest = Math.max(highest, ratio);
        }
        if (Double.isFinite(highest)) {
            known.put(Feature.PEAK_MEMORY_RATIO, highest);
        }
    }

    private @Nullable Double failuresPerDay(Subject subject) {
        var count = failures.of(subject.workload()).sum(subject.at(), WEEK);
        var observed = seconds.of(subject.workload()).sum(subject.at(), WEEK);
        return count == null || observed == null ? null : count * DAY_S / observed;
    }

    private @Nullable Double wattsPerBusyGpu(Subject subject) {
        var joules = nodeEnergy.of(subject.node().name()).sum(subject.at(), WEEK);
        var busy = nodeBusy.of(subject.node().name()).sum(subject.at(), WEEK);
        // a node that was hardly busy would have a power of nothing in particular
        return joules == null || busy == null || busy < 60 ? null : joules / busy;
    }

    private static void put(Map<Feature, Double> known, Feature feature, @Nullable Double value) {
        if (value != null) {
            known.put(feature, value);
        }
    }
}
