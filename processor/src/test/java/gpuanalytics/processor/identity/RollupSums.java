package gpuanalytics.processor.identity;

import com.mongodb.client.MongoDatabase;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bson.Document;

/** What rollups hold, in the form of {@link HistoryModel#sums}. */
public final class RollupSums {

    private static final Set<String> NOT_IN_THE_MODEL =
            Set.of("wm", "min", "max", "superseded", "gpu_index");

    private RollupSums() {}

    public static Map<String, Long> minutes(MongoDatabase database) {
        return sums(database, StoreLayout.TOKEN_MINUTE, StoreLayout.GPU_MINUTE);
    }

    public static Map<String, Long> hours(MongoDatabase database) {
        return sums(database, StoreLayout.TOKEN_HOUR, StoreLayout.GPU_HOUR);
    }

    private static Map<String, Long> sums(MongoDatabase database, String... collections) {
        var sums = new TreeMap<String, Long>();
        for (var collection : collections) {
            for (var rollup : database.getCollection(collection).find()) {
                Instant bucket = rollup.getDate(StoreLayout.BUCKET).toInstant();
                add(sums, bucket + "|" + series(rollup) + "|", rollup);
            }
        }
        sums.values().removeIf(sum -> sum == 0);
        return sums;
    }

    private static String series(Document rollup) {
        var model = rollup.getString(TokenUsage.MODEL.name());
        return model == null
                ? rollup.getString(StoreLayout.GPU)
                : model + "," + rollup.getString(TokenUsage.USER.name());
    }

    private static void add(Map<String, Long> sums, String prefix, Document document) {
        document.forEach(
                (name, value) -> {
                    if (NOT_IN_THE_MODEL.contains(name)) {
                        return;
                    }
                    if (value instanceof Document inner) {
                        add(sums, prefix + name + ".", inner);
                    } else if (value instanceof Number number && number.longValue() != 0) {
                        // The model tells no series apart by what is no part of its own.
                        sums.merge(prefix + name, number.longValue(), Long::sum);
                    }
                });
    }
}
