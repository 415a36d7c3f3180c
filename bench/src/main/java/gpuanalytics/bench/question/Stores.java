package gpuanalytics.bench.question;

import gpuanalytics.processor.store.StoreConfig;
import gpuanalytics.service.config.Secret;
import java.time.Duration;

/** How the store of a measurement is reached. */
public final class Stores {

    private static final Duration KEPT = Duration.ofDays(400);

    private Stores() {}

    public static StoreConfig config(String url) {
        return new StoreConfig(new Secret(url), "bench", KEPT, KEPT, KEPT, Duration.ofMinutes(1));
    }
}
