package gpuanalytics.producer.source.vllm;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.scrape.SeriesReader;
import gpuanalytics.producer.source.scrape.Target;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.producer.translate.Series;
import gpuanalytics.producer.translate.ServerMetric;
import gpuanalytics.producer.translate.UsageSums;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the counters of a server have risen by since it was last asked, as one usage per model. The
 * first look is only what later ones are compared with: what was counted before is not ours to say.
 */
final class VllmReader implements SeriesReader {

    private static final String STARTED = "process_start_time_seconds";

    private final EventWriter events;
    private final String modelOfOthers;
    private final Duration longestGap;
    private final Map<Target, Look> looks = new HashMap<>();

    VllmReader(EventWriter events, String modelOfOthers, Duration longestGap) {
        this.events = events;
        this.modelOfOthers = modelOfOthers;
        this.longestGap = longestGap;
    }

    /** A series by its name and labels. */
    private record Key(String name, Map<String, String> labels) {}

    /**
     * What a server showed.
     *
     * @param started since when it runs, in seconds since 1970; null where it does not say
     */
    private record Look(Instant at, @Nullable Double started, Map<Key, Double> values) {

        static Look of(Instant at, List<Series> series) {
            Double started = null;
            var values = new HashMap<Key, Double>();
            for (var each : series) {
                if (each.name().equals(STARTED)) {
                    started = each.value();
                } else if (Double.isFinite(each.value()) && each.value() >= 0) {
                    values.put(new Key(each.name(), each.labels()), each.value());
                }
            }
            return new Look(at, started, values);
        }

        boolean saysStart() {
            return started != null;
        }

        boolean isSameProcessAs(Look before) {
            return started != null && started.equals(before.started);
        }

        /** By how much a counter has risen since a look before. */
        double rise(Key key, double value, Look before) {
            var earlier = before.values.get(key);
            boolean hasRestarted = saysStart() && before.saysStart() && !isSameProcessAs(before);
            if (earlier == null || hasRestarted) {
                return value;
            }
            if (value >= earlier) {
                return value - earlier;
            }
            // without a restart a counter does not fall: what it says now means nothing
            return isSameProcessAs(before) ? 0 : value;
        }
    }

    @Override
    public boolean isWanted(String metric) {
        return ServerMetric.find(metric) != null || metric.equals(STARTED);
    }

    @Override
    public void keepOnly(Collection<Target> targets) {
        looks.keySet().retainAll(targets);
    }

    @Override
    public List<Decoded> read(Target target, Instant moment, List<Series> series) {
        var look = Look.of(moment, series);
        if (look.values().isEmpty()) {
            return List.of();
        }
        var before = looks.put(target, look);
        if (before == null || isTooLong(before, moment)) {
            return List.of();
        }
        var sums = new UsageSums(target.toString(), modelOfOthers, true);
        look.values()
                .forEach(
                        (key, value) -> {
                            var metric = ServerMetric.find(key.name());
                            if (metric != null) {
                                sums.add(
                                        metric,
                                        new Series(key.name(), key.labels(), value),
                                        look.rise(key, value, before));
                            }
                        });
        var usages = new ArrayList<Decoded>();
        for (var values : sums.usages(before.at(), moment, "")) {
            target.pod().ifPresent(pod -> setPlace(values, pod));
            usages.add(events.write(EventTopic.TOKEN_USAGE, values));
        }
        return usages;
    }

    private boolean isTooLong(Look before, Instant moment) {
        return Duration.between(before.at(), moment).compareTo(longestGap) > 0;
    }

    private static void setPlace(Map<String, Object> values, Target.Pod pod) {
        values.put(TokenUsage.POD.name(), pod.name());
        values.put(TokenUsage.NAMESPACE.name(), pod.namespace());
        if (!pod.node().isEmpty()) {
            values.put(TokenUsage.HOST.name(), pod.node());
        }
    }
}
