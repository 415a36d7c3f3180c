package gpuanalytics.processor.identity;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.rollup.LatencyBins;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What rollups should hold, computed from what was said and in which order, as plainly as possible:
 * without a store, without differences, each time anew.
 */
public final class HistoryModel {

    private static final List<Field<Double>> READINGS =
            List.of(GpuMetric.UTILIZATION, GpuMetric.POWER_W, GpuMetric.TEMP_C);

    private static final long DEFAULT_INTERVAL_S = 15;

    /** What was said under an id: usages that differ, each once. */
    private final Map<String, Set<Event>> usages = new LinkedHashMap<>();

    private final Map<String, Event> promised = new HashMap<>();
    private final Map<String, List<Event>> samples = new LinkedHashMap<>();

    /** How many events came to which end. */
    final Map<String, Long> ends = new TreeMap<>();

    /** A record is there for the first time. */
    public void accept(Event event) {
        var end = event.topic() == EventTopic.TOKEN_USAGE ? usage(event) : sample(event);
        ends.merge(end, 1L, Long::sum);
    }

    private String usage(Event usage) {
        var given = usage.get(TokenUsage.EVENT_ID);
        if (given != null) {
            var before = promised.putIfAbsent(given, usage);
            if (before == null) {
                usages.put("e:" + given, new HashSet<>(Set.of(usage)));
                return "first";
            }
            return before.equals(usage) ? "repeat" : "conflict";
        }
        var identity = Objects.requireNonNull(usage.get(TokenUsage.REQUEST_ID));
        var words = usages.computeIfAbsent(identity, _ -> new HashSet<>());
        int before = RequestModel.requests(words).size();
        if (!words.add(usage)) {
            return "repeat";
        }
        var requests = RequestModel.requests(words);
        var stands =
                requests.stream().map(HistoryModel::standing).anyMatch(each -> each.equals(usage));
        return before == 0 ? "first" : stands && requests.size() > before ? "reused" : "later";
    }

    private String sample(Event sample) {
        var identity = sample.gpu() + "@" + sample.ts();
        var words = samples.computeIfAbsent(identity, _ -> new ArrayList<>());
        if (words.contains(sample)) {
            return "repeat";
        }
        var known = union(words);
        var adds = false;
        for (var field : READINGS) {
            var value = sample.get(field);
            if (value != null && known.containsKey(field) && !value.equals(known.get(field))) {
                return "conflict";
            }
            adds |= value != null && !known.containsKey(field);
        }
        if (!words.isEmpty() && !adds && isWithin(sample, words)) {
            return "repeat";
        }
        words.add(sample);
        return words.size() > 1 ? "merged" : "first";
    }

    private static boolean isWithin(Event sample, List<Event> words) {
        var pod = sample.get(GpuMetric.POD);
        var first = words.stream().map(word -> word.get(GpuMetric.POD)).filter(Objects::nonNull);
        // The sample as all say it has the first pod that was named.
        if (pod == null || pod.equals(first.findFirst().orElse(null))) {
            return true;
        }
        return words.stream()
                .filter(word -> pod.equals(word.get(GpuMetric.POD)))
                .anyMatch(
                        word ->
                                READINGS.stream()
                                        .allMatch(
                                                field ->
                                                        sample.get(field) == null
                                                                || Objects.equals(
                                                                        sample.get(field),
                                                                        word.get(field))));
    }

    private static Map<Field<Double>, Double> union(List<Event> words) {
        var known = new HashMap<Field<Double>, Double>();
        for (var word : words) {
            for (var field : READINGS) {
                var value = word.get(field);
                if (value != null) {
                    known.putIfAbsent(field, value);
                }
            }
        }
        return known;
    }

    /** The sums of every bucket so long, by bucket and series and path, those of 0 left out. */
    public Map<String, Long> sums(long bucketSeconds) {
        var sums = new Sums(bucketSeconds);
        for (var words : usages.values()) {
            RequestModel.requests(words).forEach(request -> addRequest(sums, request));
        }
        samples.values().forEach(words -> addSample(sums, words));
        sums.found.values().removeIf(sum -> sum == 0);
        return sums.found;
    }

    private record Sums(long bucketSeconds, Map<String, Long> found) {

        Sums(long bucketSeconds) {
            this(bucketSeconds, new TreeMap<>());
        }

        void add(Event event, String series, String path, long by) {
            var bucket = Math.floorDiv(event.ts().getEpochSecond(), bucketSeconds) * bucketSeconds;
            found.merge(Instant.ofEpochSecond(bucket) + "|" + series + "|" + path, by, Long::sum);
        }
    }

    private static Event standing(Collection<Event> words) {
        return words.stream()
                .max(Comparator.comparing(HistoryModel::hasTokens).thenComparing(Event::ts))
                .orElseThrow();
    }

    private static void addRequest(Sums sums, Collection<Event> words) {
        var standing = standing(words);
        var series = series(standing);
        sums.add(standing, series, "requests", 1);
        for (var field : List.of(TokenUsage.PROMPT_TOKENS, TokenUsage.COMPLETION_TOKENS)) {
            var tokens = standing.get(field);
            if (tokens != null) {
                sums.add(standing, series, field.name() + ".n", 1);
                sums.add(standing, series, field.name() + ".sum", tokens);
            }
        }
        var latencyMs = standing.get(TokenUsage.LATENCY_MS);
        if (latencyMs != null) {
            sums.add(standing, series, "latency_ms.n", 1);
            sums.add(standing, series, "latency_ms.sum_micro", Math.round(latencyMs * 1e6));
            sums.add(standing, series, "latency_ms.bins." + LatencyBins.of(latencyMs), 1);
        }
        for (var word : words) {
            if (word.get(TokenUsage.ERROR_TYPE) != null) {
                sums.add(word, series(word), "errors", 1);
                if (!word.equals(standing)) {
                    sums.add(word, series(word), "failed_attempts", 1);
                }
            }
        }
    }

    private static boolean hasTokens(Event usage) {
        var prompt = usage.get(TokenUsage.PROMPT_TOKENS);
        var completion = usage.get(TokenUsage.COMPLETION_TOKENS);
        return (prompt != null && prompt > 0) || (completion != null && completion > 0);
    }

    private static void addSample(Sums sums, List<Event> words) {
        var first = words.getFirst();
        var series = series(first);
        var given = first.get(GpuMetric.INTERVAL_S);
        var intervalS = given == null ? DEFAULT_INTERVAL_S : given;
        sums.add(first, series, "samples", 1);
        sums.add(first, series, "covered_us", Math.round(intervalS * 1e6));
        var known = union(words);
        known.forEach(
                (field, value) -> {
                    sums.add(first, series, field.name() + ".n", 1);
                    sums.add(first, series, field.name() + ".sum_micro", Math.round(value * 1e6));
                });
        var powerW = known.get(GpuMetric.POWER_W);
        if (powerW != null) {
            sums.add(first, series, "energy_uj", Math.round(powerW * intervalS * 1e6));
        }
    }

    private static String series(Event event) {
        return event.topic() == EventTopic.TOKEN_USAGE
                ? event.get(TokenUsage.MODEL) + "," + event.get(TokenUsage.USER)
                : Objects.requireNonNull(event.gpu()).key();
    }
}
