package gpuanalytics.processor.store;

import com.mongodb.ConnectionString;
import com.mongodb.MongoException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.config.Secret;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The store and how long it keeps what.
 *
 * @param url the address
 * @param database the database
 * @param rawRetention how long raw events are kept; an identity is known as long
 * @param minuteRetention how long minute rollups and the latest samples are kept
 * @param hourRetention how long hour rollups are kept
 * @param answerTimeout how long an answer may take before the question is asked again
 */
public record StoreConfig(
        Secret url,
        String database,
        Duration rawRetention,
        Duration minuteRetention,
        Duration hourRetention,
        Duration answerTimeout) {

    /** Reads its variables; what is wrong with them is in the reader afterwards. */
    public static StoreConfig read(EnvironmentReader reader) {
        var config =
                new StoreConfig(
                        readUrl(reader),
                        reader.text("MONGO_DATABASE", "gpu_analytics", "The database in the store"),
                        reader.duration(
                                "RAW_RETENTION_HOURS",
                                ChronoUnit.HOURS,
                                168,
                                1,
                                87_600,
                                "How long raw events are kept"),
                        reader.duration(
                                "MINUTE_RETENTION_DAYS",
                                ChronoUnit.DAYS,
                                30,
                                1,
                                3660,
                                "How long minute rollups are kept"),
                        reader.duration(
                                "HOUR_RETENTION_DAYS",
                                ChronoUnit.DAYS,
                                400,
                                1,
                                36_600,
                                "How long hour rollups are kept"),
                        reader.duration(
                                "STORE_TIMEOUT_MS",
                                ChronoUnit.MILLIS,
                                60_000,
                                100,
                                600_000,
                                "How long the store may take to answer before it is asked again"));
        config.checkRetentions(reader);
        return config;
    }

    private static Secret readUrl(EnvironmentReader reader) {
        var url =
                reader.secretUrl(
                        "MONGO_URL",
                        "mongodb://localhost:27017",
                        List.of("mongodb", "mongodb+srv"),
                        "The store");
        if (!isUrl(url)) {
            reader.error("MONGO_URL (not shown) is not a URL, expected mongodb://host:port/…");
        }
        return url;
    }

    /** What is counted from something must be kept at least as long: the audit compares them. */
    private void checkRetentions(EnvironmentReader reader) {
        if (minuteRetention.compareTo(rawRetention) < 0) {
            reader.error(
                    "MINUTE_RETENTION_DAYS is %d, expected at least the %d hours of RAW_RETENTION_HOURS"
                            .formatted(minuteRetention.toDays(), rawRetention.toHours()));
        }
        if (hourRetention.compareTo(minuteRetention) < 0) {
            reader.error(
                    "HOUR_RETENTION_DAYS is %d, expected at least the %d of MINUTE_RETENTION_DAYS"
                            .formatted(hourRetention.toDays(), minuteRetention.toDays()));
        }
    }

    /** Whether the driver takes it for a URL; the driver's own message would show it. */
    public static boolean isUrl(Secret url) {
        try {
            var _ = new ConnectionString(url.reveal());
            return true;
        } catch (IllegalArgumentException | MongoException ignored) {
            return false; // also an SRV name that DNS does not know
        }
    }
}
