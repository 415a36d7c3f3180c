package gpuanalytics.processor.query;

import gpuanalytics.event.Event;
import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.Reading.Distribution;
import gpuanalytics.processor.query.Reading.Total;
import gpuanalytics.processor.query.TokenReport.Counts;
import gpuanalytics.processor.rollup.LatencyBins;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a report must say, computed from the events themselves. */
final class ExpectedTokens {

    /** Where a row stands. */
    record Place(Instant start, List<@Nullable String> group) {}

    private ExpectedTokens() {}

    static List<Event> matching(TokenQuery query, List<Event> usages) {
        return usages.stream().filter(usage -> matches(query, usage)).toList();
    }

    static Map<Place, List<Event>> byPlace(TokenQuery query, List<Event> usages) {
        var rows = new HashMap<Place, List<Event>>();
        for (var usage : matching(query, usages)) {
            var group = new ArrayList<@Nullable String>();
            query.groupBy().forEach(dimension -> group.add(value(dimension, usage)));
            var start = query.window().pointOf(usage.ts());
            rows.computeIfAbsent(
                            new Place(start, Collections.unmodifiableList(group)),
                            _ -> new ArrayList<>())
                    .add(usage);
        }
        return rows;
    }

    static Counts counts(List<Event> usages, double seconds) {
        var prompt = sum(usages, TokenUsage.PROMPT_TOKENS);
        var completion = sum(usages, TokenUsage.COMPLETION_TOKENS);
        var any = prompt != null || completion != null;
        long tokens = (prompt == null ? 0 : prompt) + (completion == null ? 0 : completion);
        return new Counts(
                usages.size(),
                usages.stream().filter(usage -> usage.get(TokenUsage.ERROR_TYPE) != null).count(),
                usages.size(),
                readings(usages),
                any ? tokens / seconds : null);
    }

    private static Readings readings(List<Event> usages) {
        var readings = new ArrayList<@Nullable Reading>();
        for (var measure : Measures.TOKEN) {
            if (measure.hasBins()) {
                readings.add(distribution(usages, measure.field()));
            } else {
                var sum = sum(usages, measure.field());
                readings.add(sum == null ? null : new Total(sum));
            }
        }
        return new Readings(Measures.TOKEN, readings);
    }

    /** The values of a field, smallest first. */
    static double[] sorted(List<Event> usages, Field<?> field) {
        return usages.stream()
                .map(usage -> usage.get(field))
                .filter(Objects::nonNull)
                .mapToDouble(value -> ((Number) value).doubleValue())
                .sorted()
                .toArray();
    }

    private static boolean matches(TokenQuery query, Event usage) {
        var window = query.window();
        if (usage.ts().isBefore(window.from()) || !usage.ts().isBefore(window.to())) {
            return false;
        }
        return query.filters().entrySet().stream()
                .allMatch(
                        filter -> {
                            var value = value(filter.getKey(), usage);
                            return filter.getValue().contains(value == null ? "" : value);
                        });
    }

    private static @Nullable String value(TokenDimension dimension, Event usage) {
        return switch (dimension) {
            case MODEL -> usage.get(TokenUsage.MODEL);
            case TEAM -> usage.get(TokenUsage.TEAM);
            case USER -> usage.get(TokenUsage.USER);
            case PROJECT -> usage.get(TokenUsage.PROJECT);
            case PROVIDER -> usage.get(TokenUsage.PROVIDER);
            case OPERATION -> usage.get(TokenUsage.OPERATION);
            case NAMESPACE -> usage.get(TokenUsage.NAMESPACE);
            case POD -> usage.get(TokenUsage.POD);
            case GPU -> {
                var gpu = usage.gpu();
                yield gpu == null ? null : gpu.key();
            }
        };
    }

    private static @Nullable Long sum(List<Event> usages, Field<?> field) {
        return usages.stream()
                .map(usage -> usage.get(field))
                .filter(Objects::nonNull)
                .map(value -> (Long) value)
                .reduce(Long::sum)
                .orElse(null);
    }

    private static @Nullable Distribution distribution(List<Event> usages, Field<?> field) {
        var values = sorted(usages, field);
        if (values.length == 0) {
            return null;
        }
        var bins = new long[LatencyBins.COUNT];
        long micros = 0;
        for (var value : values) {
            bins[LatencyBins.of(value)]++;
            micros += Math.round(value * 1e6);
        }
        return new Distribution(
                values.length,
                percentile(bins, values, 0.5),
                percentile(bins, values, 0.95),
                rounded(micros / 1e6 / values.length));
    }

    private static double percentile(long[] bins, double[] values, double share) {
        var middle = LatencyBins.quantileMs(bins, share);
        return rounded(Math.clamp(middle, values[0], values[values.length - 1]));
    }

    private static double rounded(double millis) {
        return Math.round(millis * 1000) / 1000.0;
    }
}
