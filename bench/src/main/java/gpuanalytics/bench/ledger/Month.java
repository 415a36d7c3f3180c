package gpuanalytics.bench.ledger;

import gpuanalytics.processor.api.ApiSources;
import gpuanalytics.processor.api.HttpApi;
import gpuanalytics.processor.api.HttpConfig;
import gpuanalytics.processor.dashboard.PipelineState;
import gpuanalytics.processor.ledger.BenchLedger;
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
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Thirty days of a ledger, asked through HTTP. */
final class Month {

    private static final int DAYS = 30;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int WARM_UP = 20;
    private static final int ASKED = 100;

    private Month() {}

    /** The example's prices, which never change. */
    record Fixed(PriceConfig config, PriceBook book) implements Prices {

        static Fixed example() {
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

    static void print(String url, int gpus, int groups) throws IOException, InterruptedException {
        var now = Instant.now();
        var today = Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), 86_400) * 86_400);
        try (var store = new MongoStore(Stores.config(url))) {
            store.prepare();
            var ledger = new BenchLedger(store);
            for (var hour = today.minus(Duration.ofDays(DAYS + 1));
                    hour.isBefore(now.minus(HOUR));
                    hour = hour.plus(HOUR)) {
                ledger.storeHour(hour, gpus, groups);
            }
            ledger.keep();
            try (var api = start(store)) {
                var base = "http://127.0.0.1:%d/costs?group_by=team&".formatted(api.port());
                var whole = range(today.minus(Duration.ofDays(DAYS)), today);
                var odd = range(now.minus(Duration.ofDays(DAYS)), now);
                ask("30 whole days", base + whole);
                ask("30 days until now", base + odd);
                ask("30 days until now by day", base + odd + "&step=1d");
                ask("30 whole days by user", base.replace("team", "user") + whole);
            }
        }
    }

    private static String range(Instant from, Instant to) {
        return "from=%s&to=%s".formatted(from, to);
    }

    private static HttpApi start(MongoStore store) {
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

    private static void ask(String what, String question) throws IOException, InterruptedException {
        var millis = new double[ASKED];
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(question)).build();
            for (int i = -WARM_UP; i < ASKED; i++) {
                long start = System.nanoTime();
                var answer = client.send(request, BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    throw new IOException(question + " is answered " + answer.body());
                }
                if (i >= 0) {
                    millis[i] = (System.nanoTime() - start) / 1e6;
                }
            }
        }
        Arrays.sort(millis);
        System.out.printf(
                "%s: %.0f ms p50, %.0f ms p95, %.0f ms at most, of %d%n",
                what, millis[ASKED / 2], millis[ASKED * 95 / 100], millis[ASKED - 1], ASKED);
    }
}
