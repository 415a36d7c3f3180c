package gpuanalytics.processor.store;

import gpuanalytics.service.config.Secret;
import java.time.Duration;

/** How tests reach a store of their own. */
public final class TestStoreConfig {

    private TestStoreConfig() {}

    /** Database {@code test}; raw events, minutes and hours kept for 7, 30 and 400 days. */
    public static StoreConfig at(String url) {
        return at(url, "test");
    }

    /** The same with another database. */
    public static StoreConfig at(String url, String database) {
        return new StoreConfig(
                new Secret(url),
                database,
                Duration.ofDays(7),
                Duration.ofDays(30),
                Duration.ofDays(400),
                Duration.ofSeconds(20));
    }
}
