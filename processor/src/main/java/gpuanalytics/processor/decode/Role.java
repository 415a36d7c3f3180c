package gpuanalytics.processor.decode;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.store.StoreLayout;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonNumber;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.jspecify.annotations.Nullable;

/**
 * How an event counts beside others of its identity. Decided once, before its raw document is
 * stored, and stored with it: what an event adds is a function of its own document alone.
 */
public sealed interface Role {

    /** The first word under an identity, as nearly all are. */
    Role WHOLE = new Whole();

    /** It counts, and there was nothing under its identity. */
    record Whole() implements Role {}

    /**
     * It counts: another request, under the {@code request_id} of one that is stored.
     *
     * @param beside where the word before it came from, in text
     * @param moves what counts otherwise since it is there
     */
    record Another(String beside, List<Moved> moves) implements Role {}

    /**
     * It counts in place of an earlier word about the same request.
     *
     * @param replaced that word, as it was stored
     * @param moves what else counts otherwise since it is there
     */
    record Replacing(StoredEvent replaced, List<Moved> moves) implements Role {}

    /**
     * A word about the same request stands: what this one says was an attempt.
     *
     * @param moves what counts otherwise since it is there
     */
    record Outranked(List<Moved> moves) implements Role {}

    /**
     * An earlier word that counts otherwise since a later one is there, which has shown that others
     * are about the same request, or are not.
     *
     * @param event the word, as it was stored
     * @param counts it counts now, and did not before; false is the other way about
     */
    record Moved(StoredEvent event, boolean counts) {}

    /**
     * A sample of this GPU and moment counts already, and this adds to it.
     *
     * @param adds the readings that the sample did not have
     * @param intervalS the time that the sample stands for; NaN where it does not say
     * @param word the number of this word under its identity
     * @param sample all that the words so far say of the sample; null where it was not read
     */
    record Merging(List<String> adds, double intervalS, int word, @Nullable RawBsonDocument sample)
            implements Role {}

    /** The names of the roles in a document. */
    String ANOTHER = "another";

    String REPLACING = "replacing";
    String OUTRANKED = "outranked";
    String MERGING = "merging";

    /** Reads a raw document, of which it needs {@link StoredEvent#decisions} alone. */
    static Role of(EventTopic topic, BsonDocument raw) {
        if (!(raw.get(StoreLayout.SAID) instanceof BsonDocument said)) {
            return WHOLE;
        }
        var as = said.getString(StoreLayout.SAID_AS).getValue();
        return switch (as) {
            case ANOTHER ->
                    new Another(
                            said.getString(StoreLayout.SAID_BESIDE).getValue(), moves(topic, raw));
            case REPLACING ->
                    new Replacing(
                            StoredEvent.of(topic, rawOf(raw.getDocument(StoreLayout.REPLACES))),
                            moves(topic, raw));
            case OUTRANKED -> new Outranked(moves(topic, raw));
            case MERGING ->
                    new Merging(
                            said.getArray(StoreLayout.SAID_ADDS).stream()
                                    .map(name -> name.asString().getValue())
                                    .toList(),
                            said.get(StoreLayout.SAID_INTERVAL_S) instanceof BsonNumber seconds
                                    ? seconds.doubleValue()
                                    : Double.NaN,
                            said.getNumber(StoreLayout.SAID_N).intValue(),
                            raw.get(StoreLayout.MERGED) instanceof BsonDocument merged
                                    ? rawOf(merged)
                                    : null);
            default -> throw new IllegalStateException("no role is called " + as);
        };
    }

    private static List<Moved> moves(EventTopic topic, BsonDocument raw) {
        if (!(raw.get(StoreLayout.MOVES) instanceof BsonArray moves)) {
            return List.of();
        }
        return moves.stream()
                .map(BsonValue::asDocument)
                .map(
                        moved ->
                                new Moved(
                                        StoredEvent.of(
                                                topic,
                                                rawOf(moved.getDocument(StoreLayout.MOVED_EVENT))),
                                        moved.getBoolean(StoreLayout.MOVED_COUNTS).getValue()))
                .toList();
    }

    /** A document as bytes. */
    static RawBsonDocument rawOf(BsonDocument document) {
        return document instanceof RawBsonDocument raw
                ? raw
                : new RawBsonDocument(document, new BsonDocumentCodec());
    }
}
