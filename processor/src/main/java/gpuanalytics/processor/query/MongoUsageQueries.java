package gpuanalytics.processor.query;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.gpuname.GpuNameBook;
import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Consumer;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/**
 * Answers from the rollup collections by plain range reads, folded while they arrive; so it needs
 * nothing of the store but {@code find}, and memory only for the answer.
 *
 * <p>A question about minutes that have expired is answered from hours or refused, see {@link
 * KeptRollups}; one about tokens on whole days is answered from these, see {@link TokenDays}.
 */
public final class MongoUsageQueries implements UsageQueries {

    private static final String SAMPLE = StoreLayout.SAMPLE + ".";

    private static final NavigableMap<Instant, TokenDays.Head> NO_DAYS =
            Collections.emptyNavigableMap();

    private final StoreReads reads;
    private final KeptRollups kept;
    private final TokenDays tokenDays;
    private final GpuNameBook gpuNames;
    private final QueryLimits limits;
    private final Clock clock;

    /** Answers from the processor's own store. */
    public static MongoUsageQueries of(
            MongoStore store, RollupRetention retention, QueryLimits limits, Clock clock) {
        return new MongoUsageQueries(store.database(), retention, limits, clock);
    }

    public MongoUsageQueries(
            MongoDatabase database, RollupRetention retention, QueryLimits limits, Clock clock) {
        this.reads = new StoreReads(database, limits.timeout());
        this.kept = new KeptRollups(reads, retention, clock);
        this.tokenDays = new TokenDays(reads);
        this.gpuNames =
                new GpuNameBook(
                        (search, reader) ->
                                reads.forEach(
                                        StoreLayout.GPU_NAMES, new Document(), search, reader),
                        clock);
        this.limits = limits;
        this.clock = clock;
    }

    @Override
    public LatestSamples latestSamples(LatestSamplesQuery query) {
        var filters = new ArrayList<Bson>();
        addFilter(filters, inSample(GpuMetric.HOST.name()), query.hosts());
        addFilter(filters, inSample(GpuMetric.GPU_INDEX.name()), query.gpuIndexes());
        addFilter(filters, inSample(GpuMetric.NAME.name()), query.names());
        var names = gpuNames.names();
        var samples = new LatestByGpu(query, names);
        samples.addFilter(filters, SAMPLE);
        reads.forEach(
                StoreLayout.GPU_LATEST,
                all(filters),
                search -> search.sort(Sorts.ascending(StoreLayout.ID)),
                document -> samples.add(LatestSampleReader.read(document, clock.instant())));
        var found = samples.found();
        limits.checkSamples(found.samples().size());
        return new LatestSamples(GpuUsages.addTo(found.samples(), reads, names), found.leftOut());
    }

    @Override
    public Optional<GpuSeries> gpuSeries(GpuSeriesQuery query) {
        limits.check(query.window());
        var selection = new GpuSelection(query.gpu(), query.migId(), gpuNames.names());
        var gpu = selection.filter("");
        var coverage = kept.cover(query.window(), RollupCollections.GPU, gpu);
        var fold = new GpuFold(coverage);
        var rollup = new GpuRollup();
        for (var part : coverage.window().parts()) {
            forEachRollup(
                    coverage.window(),
                    part,
                    RollupCollections.GPU,
                    gpu,
                    stored -> {
                        if (selection.matches(rollup.read(stored))) {
                            fold.add(rollup);
                        }
                    });
        }
        var series = fold.series();
        if (!series.points().isEmpty()) {
            return Optional.of(series);
        }
        if (!reads.exists(StoreLayout.GPU_LATEST, selection.filter(SAMPLE))) {
            return Optional.empty();
        }
        kept.refuseExpired(coverage);
        return Optional.of(series);
    }

    @Override
    public TokenReport tokens(TokenQuery query) {
        limits.check(query.window());
        var names = gpuNames.names();
        var asked = new UsageLabels(query.filters(), names).filter();
        var coverage = kept.cover(query.window(), RollupCollections.TOKEN, asked);
        // what a GPU's name means may change within a day
        var days =
                query.isAbout(TokenDimension.GPU) ? NO_DAYS : tokenDays.current(coverage.window());
        var report =
                tokens(query, names, coverage, days)
                        .or(() -> tokens(query, names, coverage, NO_DAYS))
                        .orElseThrow();
        if (report.totals().requests() == 0) {
            kept.refuseExpired(coverage);
        }
        return report;
    }

    /** From days where there are some; empty where one of these was replaced meanwhile. */
    private Optional<TokenReport> tokens(
            TokenQuery query,
            GpuNames names,
            Coverage coverage,
            NavigableMap<Instant, TokenDays.Head> days) {
        var labels = new UsageLabels(query.filters(), names);
        var asked = labels.filter();
        var fold = new TokenFold(query, labels, coverage, limits, clock.instant());
        var rollup = new TokenRollup();
        Consumer<RawBsonDocument> reader = stored -> fold.add(rollup.read(stored));
        for (var part : TokenDays.cut(coverage.window().parts(), days)) {
            if (!part.isDays()) {
                forEachRollup(coverage.window(), part, RollupCollections.TOKEN, asked, reader);
            } else if (!tokenDays.forEach(days.subMap(part.from(), part.to()), reader)) {
                return Optional.empty();
            }
        }
        return Optional.of(fold.report());
    }

    @Override
    public List<FoundConflict> conflicts(int limit) {
        var found = new ArrayList<FoundConflict>();
        reads.forEach(
                StoreLayout.CONFLICTS,
                new Document(),
                search -> search.sort(Sorts.descending(StoreLayout.STORED_AT)).limit(limit),
                conflict ->
                        found.add(
                                new FoundConflict(
                                        conflict.getDate(StoreLayout.STORED_AT).toInstant(),
                                        conflict.getString(StoreLayout.KIND),
                                        conflict.getString(StoreLayout.TOPIC),
                                        conflict.getString(StoreLayout.IDENTITY),
                                        conflict.getString(StoreLayout.SAID_AT),
                                        conflict.getString(StoreLayout.DETAIL))));
        return List.copyOf(found);
    }

    /** Reads the rollups of a part in the order of time, which is the order the folds want. */
    private void forEachRollup(
            QueryWindow window,
            QueryWindow.Part part,
            RollupCollections rollups,
            Bson filter,
            Consumer<RawBsonDocument> fold) {
        // one point needs no order, and an order can cost the store a sort
        var isOnePoint = window.step() instanceof Step.Total;
        reads.forEachRaw(
                rollups.of(part),
                and(filter, KeptRollups.during(part)),
                search -> {
                    var found = search.projection(Projections.exclude(StoreLayout.WATERMARKS));
                    return isOnePoint ? found : found.sort(Sorts.ascending(StoreLayout.BUCKET));
                },
                fold);
    }

    private static void addFilter(List<Bson> filters, String field, List<?> values) {
        if (!values.isEmpty()) {
            filters.add(in(field, values));
        }
    }

    private static Bson all(List<Bson> filters) {
        return filters.isEmpty() ? new Document() : and(filters);
    }

    private static String inSample(String field) {
        return SAMPLE + field;
    }
}
