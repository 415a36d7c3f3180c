package gpuanalytics.processor.query;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;

import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoOperationTimeoutException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/**
 * Answers from the rollup collections by plain range reads, folded while they arrive; so it needs
 * nothing of the store but {@code find}, and memory only for the answer.
 *
 * <p>A question takes at most {@link QueryLimits#timeout}, and its cursor is closed with it.
 */
public final class MongoUsageQueries implements UsageQueries {

    /** Enough documents per round trip that trips cost little, few enough that memory stays low. */
    private static final int CURSOR_BATCH = 1000;

    private final MongoDatabase database;
    private final QueryLimits limits;
    private final Clock clock;

    /** Answers from the processor's own store. */
    public static MongoUsageQueries of(MongoStore store, QueryLimits limits, Clock clock) {
        return new MongoUsageQueries(store.database(), limits, clock);
    }

    public MongoUsageQueries(MongoDatabase database, QueryLimits limits, Clock clock) {
        this.database = database.withTimeout(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
        this.limits = limits;
        this.clock = clock;
    }

    @Override
    public List<LatestSample> latestSamples(LatestSamplesQuery query) {
        var filters = new ArrayList<Bson>();
        addFilter(filters, inSample(GpuMetric.HOST.name()), query.hosts());
        addFilter(filters, inSample(GpuMetric.GPU_INDEX.name()), query.gpuIndexes());
        addFilter(filters, inSample(GpuMetric.NAME.name()), query.names());
        var samples = new ArrayList<LatestSample>();
        forEach(
                () ->
                        database.getCollection(StoreLayout.GPU_LATEST)
                                .find(all(filters))
                                .sort(Sorts.ascending(StoreLayout.ID)),
                document -> {
                    samples.add(LatestSampleReader.read(document, clock.instant()));
                    limits.checkSamples(samples.size());
                });
        return List.copyOf(samples);
    }

    @Override
    public Optional<GpuSeries> gpuSeries(GpuSeriesQuery query) {
        limits.check(query.window());
        var fold = new GpuFold(query.window());
        var gpu =
                and(
                        eq(StoreLayout.GPU, query.gpu()),
                        eq(GpuMetric.MIG_ID.name(), query.migId()),
                        inWindow(query.window()));
        forEach(
                () ->
                        rollups(query.window(), StoreLayout.GPU_MINUTE, StoreLayout.GPU_HOUR, gpu)
                                .projection(Projections.exclude(StoreLayout.WATERMARKS)),
                fold::add);
        var series = fold.series();
        return series.points().isEmpty() && !isKnown(query)
                ? Optional.empty()
                : Optional.of(series);
    }

    @Override
    public TokenReport tokens(TokenQuery query) {
        limits.check(query.window());
        var fold = new TokenFold(query, limits, clock.instant());
        var filters = new ArrayList<Bson>();
        filters.add(inWindow(query.window()));
        query.filters()
                .forEach(
                        (dimension, values) ->
                                addFilter(filters, dimension.label(), absentForEmpty(values)));
        forEach(
                () ->
                        rollups(
                                        query.window(),
                                        StoreLayout.TOKEN_MINUTE,
                                        StoreLayout.TOKEN_HOUR,
                                        all(filters))
                                .projection(Projections.exclude(StoreLayout.WATERMARKS)),
                fold::add);
        return fold.report();
    }

    private boolean isKnown(GpuSeriesQuery query) {
        var found = new ArrayList<Document>();
        forEach(
                () ->
                        database.getCollection(StoreLayout.GPU_LATEST)
                                .find(
                                        and(
                                                eq(inSample(StoreLayout.GPU), query.gpu()),
                                                eq(
                                                        inSample(GpuMetric.MIG_ID.name()),
                                                        query.migId())))
                                .projection(Projections.include(StoreLayout.ID))
                                .limit(1),
                found::add);
        return !found.isEmpty();
    }

    /** The rollups of a window in the order of time, which is the order the folds want. */
    private FindIterable<Document> rollups(
            QueryWindow window, String byMinute, String byHour, Bson filter) {
        var collection = window.bucket().equals(QueryWindow.HOUR) ? byHour : byMinute;
        var found = database.getCollection(collection).find(filter);
        // one point needs no order, and an order can cost the store a sort
        return window.step() == null ? found : found.sort(Sorts.ascending(StoreLayout.BUCKET));
    }

    private static Bson inWindow(QueryWindow window) {
        return and(
                gte(StoreLayout.BUCKET, Date.from(window.from())),
                lt(StoreLayout.BUCKET, Date.from(window.to())));
    }

    private static void addFilter(List<Bson> filters, String field, List<?> values) {
        if (!values.isEmpty()) {
            filters.add(in(field, values));
        }
    }

    /** Null matches a field that is not there. */
    private static List<@Nullable String> absentForEmpty(List<String> values) {
        var matched = new ArrayList<@Nullable String>();
        for (var value : values) {
            matched.add(value.isEmpty() ? null : value);
        }
        return matched;
    }

    private static Bson all(List<Bson> filters) {
        return filters.isEmpty() ? new Document() : and(filters);
    }

    private static String inSample(String field) {
        return StoreLayout.SAMPLE + "." + field;
    }

    private void forEach(Supplier<FindIterable<Document>> find, Consumer<Document> fold) {
        boolean answered = false;
        try (var cursor = find.get().batchSize(CURSOR_BATCH).iterator()) {
            while (cursor.hasNext()) {
                answered = true;
                // the caller interrupts when nobody waits for the answer any more
                if (Thread.currentThread().isInterrupted()) {
                    throw new QueryTimeoutException(limits.timeout());
                }
                fold.accept(cursor.next());
            }
        } catch (MongoException e) {
            throw isSlow(e, answered)
                    ? new QueryTimeoutException(limits.timeout())
                    : new StoreUnavailableException("the store does not answer", e);
        }
    }

    /**
     * Whether the store was reached and was too slow. A time limit that ends while the driver waits
     * for a server has no cause, and nothing has been answered.
     */
    private static boolean isSlow(MongoException failure, boolean answered) {
        return switch (failure) {
            case MongoInterruptedException _ -> true;
            case MongoExecutionTimeoutException _ -> true;
            case MongoOperationTimeoutException late ->
                    switch (late.getCause()) {
                        case null -> answered;
                        case MongoSocketReadTimeoutException _ -> true;
                        case MongoExecutionTimeoutException _ -> true;
                        default -> false;
                    };
            default -> false;
        };
    }
}
