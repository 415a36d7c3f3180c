package gpuanalytics.processor.query;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.Projections;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** What GPUs were used for in the hours of their latest samples. */
final class GpuUsages {

    /** GPUs that are heard of have their latest sample in one or two hours. */
    static final int MAX_HOURS = 24;

    private static final String SUM = "." + StoreLayout.SUM;
    private static final String PROMPT = TokenUsage.PROMPT_TOKENS.name();
    private static final String COMPLETION = TokenUsage.COMPLETION_TOKENS.name();

    private record Place(String gpu, Instant hour) {}

    private final Set<Instant> hours;
    private final Map<Place, GpuUsage> usages = new HashMap<>();

    private GpuUsages(Set<Instant> hours) {
        this.hours = hours;
    }

    /** Adds to samples what their GPUs were used for; nothing to those of earlier hours. */
    static List<LatestSample> addTo(List<LatestSample> samples, StoreReads reads, GpuNames names) {
        var usages = new GpuUsages(latestHours(samples));
        usages.read(reads, names);
        var used = new ArrayList<LatestSample>(samples.size());
        for (var sample : samples) {
            // an instance's own name means its card here
            var gpu = names.at(sample.gpu(), sample.sample().ts());
            used.add(sample.with(usages.of(gpu, hourOf(sample))));
        }
        return used;
    }

    private static Set<Instant> latestHours(List<LatestSample> samples) {
        var hours = new ArrayList<>(samples.stream().map(GpuUsages::hourOf).distinct().toList());
        hours.sort(Comparator.reverseOrder());
        return new HashSet<>(hours.subList(0, Math.min(hours.size(), MAX_HOURS)));
    }

    private static Instant hourOf(LatestSample sample) {
        return QueryWindow.hourOf(sample.sample().ts());
    }

    private void read(StoreReads reads, GpuNames names) {
        if (hours.isEmpty()) {
            return;
        }
        reads.forEach(
                StoreLayout.TOKEN_HOUR,
                and(
                        in(StoreLayout.BUCKET, hours.stream().map(Date::from).toList()),
                        exists(StoreLayout.GPU)),
                search ->
                        search.projection(
                                Projections.include(
                                        StoreLayout.BUCKET,
                                        StoreLayout.GPU,
                                        TokenCounter.REQUESTS.field(),
                                        TokenCounter.ERRORS.field(),
                                        PROMPT + SUM,
                                        COMPLETION + SUM)),
                rollup -> add(rollup, names));
    }

    private void add(Document rollup, GpuNames names) {
        var hour = rollup.getDate(StoreLayout.BUCKET).toInstant();
        var gpu = names.inBucket(rollup.getString(StoreLayout.GPU), hour);
        usages.merge(
                new Place(gpu, hour),
                new GpuUsage(
                        hour,
                        Numbers.integer(rollup, TokenCounter.REQUESTS.field()),
                        Numbers.integer(rollup, TokenCounter.ERRORS.field()),
                        sum(rollup, PROMPT),
                        sum(rollup, COMPLETION)),
                GpuUsage::and);
    }

    private static @Nullable Long sum(Document rollup, String reading) {
        var part = rollup.get(reading, Document.class);
        return part != null && part.get(StoreLayout.SUM) instanceof Number sum
                ? sum.longValue()
                : null;
    }

    /** Null where the hour was not asked for. */
    private @Nullable GpuUsage of(String gpu, Instant hour) {
        return hours.contains(hour)
                ? usages.getOrDefault(new Place(gpu, hour), GpuUsage.none(hour))
                : null;
    }
}
