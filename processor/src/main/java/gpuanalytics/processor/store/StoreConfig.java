package gpuanalytics.processor.store;

import com.mongodb.ConnectionString;
import com.mongodb.MongoException;
import gpuanalytics.service.config.Secret;
import java.time.Duration;

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
