package gpuanalytics.bench.store;

import gpuanalytics.bench.store.WireMessage.Sequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;

/**
 * The documents of a small collection, kept as a store that stores would keep them: for clients
 * that ask again for what they have written, and write it again where it is gone. Knows what such
 * clients send and no more: upserts by identity, and searches by one lower bound, in one order. For
 * any number of threads.
 */
final class KeptDocuments {

    private final Map<BsonValue, BsonDocument> byId = new LinkedHashMap<>();

    /** Takes the upserts of a command; of each that made a document, its place and identity. */
    synchronized BsonArray upsert(Sequence updates) {
        var made = new BsonArray();
        for (int place = 0; place < updates.count(); place++) {
            var update = updates.document(place);
            var id = update.getDocument("q").get("_id");
            var change = update.getDocument("u");
            var found = byId.get(id);
            if (found == null) {
                found = new BsonDocument("_id", id);
                found.putAll(change.getDocument("$setOnInsert", new BsonDocument()));
                byId.put(id, found);
                made.add(new BsonDocument("index", new BsonInt32(place)).append("_id", id));
            }
            for (var largest : change.getDocument("$max", new BsonDocument()).entrySet()) {
                found.merge(largest.getKey(), largest.getValue(), KeptDocuments::larger);
            }
        }
        return made;
    }

    /** What a search finds, whole: who has asked for some fields gets them all. */
    synchronized BsonArray find(BsonDocument command) {
        var filter = command.getDocument("filter", new BsonDocument());
        var found = new ArrayList<BsonDocument>();
        for (var document : byId.values()) {
            if (filter.entrySet().stream()
                    .allMatch(bound -> isFrom(document, bound.getKey(), bound.getValue()))) {
                found.add(document);
            }
        }
        sort(found, command.getDocument("sort", new BsonDocument()));
        var limit = command.containsKey("limit") ? command.getNumber("limit").intValue() : 0;
        return new BsonArray(limit == 0 || limit > found.size() ? found : found.subList(0, limit));
    }

    synchronized int count() {
        return byId.size();
    }

    synchronized void clear() {
        byId.clear();
    }

    private static boolean isFrom(BsonDocument document, String field, BsonValue bound) {
        if (!bound.isDocument() || !bound.asDocument().getFirstKey().equals("$gte")) {
            throw new IllegalStateException(
                    "search for %s %s, expected a lower bound".formatted(field, bound));
        }
        return millis(document, field) >= millis(bound.asDocument(), "$gte");
    }

    private static void sort(List<BsonDocument> found, BsonDocument order) {
        for (var by : order.entrySet()) {
            var ascending =
                    Comparator.comparingLong(
                            (BsonDocument document) -> millis(document, by.getKey()));
            found.sort(by.getValue().asNumber().intValue() < 0 ? ascending.reversed() : ascending);
        }
    }

    private static BsonValue larger(BsonValue one, BsonValue other) {
        return one.asDateTime().getValue() >= other.asDateTime().getValue() ? one : other;
    }

    private static long millis(BsonDocument document, String field) {
        return document.getDateTime(field).getValue();
    }
}
