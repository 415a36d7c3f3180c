package gpuanalytics.processor.meter;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.conversions.Bson;

/** Which samples are stored. */
public final class StoredSamples {

    private static final String READ = "reading of identities in " + StoreLayout.GPU_METRICS;
    private static final int ASKED_AT_ONCE = 1000;
    private static final BsonInt32 FIRST_ITEM = new BsonInt32(0);
    private static final Bson SOURCE = Projections.include(StoreLayout.SRC);

    private final MongoStore store;
    private final StoreRetry retry;

    public StoredSamples(MongoStore store, StoreRetry retry) {
        this.store = store;
        this.retry = retry;
    }

    /**
     * The identities of rows that are stored from other records; however long that takes.
     *
     * @throws InterruptedException when the processor gives up
     */
    Set<String> fromOthers(List<Row> rows) throws InterruptedException {
        var own = new HashSet<Position>();
        rows.forEach(row -> own.add(row.record().position()));
        var found = new HashSet<String>();
        for (int from = 0; from < rows.size(); from += ASKED_AT_ONCE) {
            var some = rows.subList(from, Math.min(rows.size(), from + ASKED_AT_ONCE));
            for (var sample : retry.untilAnswered(READ, () -> find(some))) {
                if (!own.contains(position(sample.getDocument(StoreLayout.SRC)))) {
                    found.add(sample.getString(StoreLayout.ID).getValue());
                }
            }
        }
        return found;
    }

    private List<? extends BsonDocument> find(List<Row> rows) {
        var identities = rows.stream().map(Row::id).distinct().toList();
        return store.collection(StoreLayout.GPU_METRICS)
                .find(Filters.in(StoreLayout.ID, identities))
                .projection(SOURCE)
                .into(new ArrayList<>());
    }

    private static Position position(BsonDocument src) {
        return new Position(
                src.getString(StoreLayout.SRC_TOPIC_ID).getValue(),
                src.getNumber(StoreLayout.SRC_PARTITION).intValue(),
                src.getNumber(StoreLayout.SRC_OFFSET).longValue(),
                src.getNumber(StoreLayout.SRC_ITEM, FIRST_ITEM).intValue());
    }
}
