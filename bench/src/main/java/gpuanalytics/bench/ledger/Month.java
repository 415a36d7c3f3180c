package gpuanalytics.bench.ledger;

import gpuanalytics.bench.process.Profile;
import gpuanalytics.bench.question.Asked;
import gpuanalytics.bench.question.BenchApi;
import gpuanalytics.bench.question.Stores;
import gpuanalytics.processor.ledger.BenchLedger;
import gpuanalytics.processor.store.MongoStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** Thirty days of a ledger, asked through HTTP. */
final class Month {

    private static final int DAYS = 30;
    private static final Duration HOUR = Duration.ofHours(1);

    private Month() {}

    static void print(String url, int gpus, int groups, boolean profiled)
            throws IOException, InterruptedException {
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
            try (var api = BenchApi.start(store)) {
                var profile = profiled ? Profile.start() : null;
                var base = "http://127.0.0.1:%d/costs?group_by=team&".formatted(api.port());
                var whole = range(today.minus(Duration.ofDays(DAYS)), today);
                var odd = range(now.minus(Duration.ofDays(DAYS)), now);
                Asked.print("30 whole days", base + whole);
                Asked.print("30 days until now", base + odd);
                Asked.print("30 days until now by day", base + odd + "&step=1d");
                Asked.print("30 whole days by user", base.replace("team", "user") + whole);
                if (profile != null) {
                    System.out.print(profile.stop().summary());
                }
            }
        }
    }

    private static String range(Instant from, Instant to) {
        return "from=%s&to=%s".formatted(from, to);
    }
}
