package gpuanalytics.producer.source.synthetic.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A live change of the rate, as it lies in each partition of the shards topic.
 *
 * @param rate the deployment's rate from now on, in events per second
 * @param configured the configured rate that it overrides; replicas configured otherwise, as after
 *     a new deployment, do not follow it
 */
record RateRecord(double rate, double configured) {

    private static final JsonFactory JSON = new JsonFactory();

    /** One key, so that compaction keeps the last change only. */
    static final byte[] KEY = "rate".getBytes(UTF_8);

    byte[] bytes() {
        return "{\"rate\":%s,\"configured\":%s}"
                .formatted(rate, configured)
                .toLowerCase(Locale.ROOT)
                .getBytes(UTF_8);
    }

    /** The change that a record's value holds, or nothing where it is not one. */
    static Optional<RateRecord> parse(byte @Nullable [] value) {
        if (value == null) {
            return Optional.empty();
        }
        double rate = Double.NaN;
        double configured = Double.NaN;
        try (var json = JSON.createParser(value)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME) {
                    var name = json.currentName();
                    double number =
                            json.nextToken().isNumeric() ? json.getDoubleValue() : Double.NaN;
                    switch (name) {
                        case "rate" -> rate = number;
                        case "configured" -> configured = number;
                        default -> {}
                    }
                }
            }
        } catch (IOException ignored) {
            return Optional.empty();
        }
        return rate > 0 && configured > 0 && Double.isFinite(rate)
                ? Optional.of(new RateRecord(rate, configured))
                : Optional.empty();
    }
}
