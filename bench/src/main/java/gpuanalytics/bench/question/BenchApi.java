package gpuanalytics.bench.question;

import gpuanalytics.processor.api.ApiSources;
import gpuanalytics.processor.api.HttpApi;
import gpuanalytics.processor.api.HttpConfig;
import gpuanalytics.processor.dashboard.PipelineState;
import gpuanalytics.processor.ledger.LedgerConfig;
import gpuanalytics.processor.ledger.MongoLedgerQueries;
import gpuanalytics.processor.letter.Letters;
import gpuanalytics.processor.price.KeptList;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.price.PriceConfig;
import gpuanalytics.processor.price.PriceList;
import gpuanalytics.processor.price.Prices;
import gpuanalytics.processor.query.MongoUsageQueries;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.RollupRetention;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.health.HealthReport;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The API over a store, as a processor has it. */
public final class BenchApi {

    private static final Duration HOUR = Duration.ofHours(1);

    private BenchApi() {}

    /** The example's prices, which never change. */
    public record Fixed(PriceConfig config, PriceBook book) implements Prices {

        public static Fixed example() {
            var config = PriceConfig.read(new EnvironmentReader(Map.of("PRICES_FILE", "example")));
            return new Fixed(
                    config,
                    PriceBook.of(
                            List.of(config.file().orElseThrow()), config.fallbackUsdPerHour()));
        }

        @Override
        public List<KeptList> lists() {
            return List.of();
        }

        @Override
        public Change put(PriceList list, String by) {
            throw new UnsupportedOperationException("prices are fixed");
        }
    }

    /** Listens at a free port. */
    public static HttpApi start(MongoStore store) {
        var clock = Clock.systemUTC();
        var limits = QueryLimits.defaults();
        var prices = Fixed.example();
        var kept = Duration.ofDays(400);
        return HttpApi.start(
                new HttpConfig("127.0.0.1", 0, limits),
                new ApiSources(
                        MongoUsageQueries.of(
                                store,
                                new RollupRetention(kept, kept, Duration.ZERO),
                                limits,
                                clock),
                        new MongoLedgerQueries(
                                store,
                                prices::book,
                                new LedgerConfig(HOUR, HOUR, 100),
                                prices.config().market(),
                                limits,
                                kept,
                                clock),
                        prices,
                        NoBudgets.byDefault(),
                        _ -> new Letters.Newest(List.of(), 0)),
                () -> state(clock),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    private static PipelineState state(Clock clock) {
        var counts = new PipelineState.Counts(0, 0, 0, 0, 0, 0);
        var health = new HealthReport(true, List.of());
        return new PipelineState(clock.instant(), counts, Double.NaN, false, health);
    }
}
