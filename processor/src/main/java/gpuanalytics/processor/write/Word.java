package gpuanalytics.processor.write;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.StoredEvent;
import gpuanalytics.processor.store.StoreLayout;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was said under an identity.
 *
 * @param n its number under the identity; 0 for the first
 * @param position where it came from
 * @param document its raw document
 */
record Word(int n, Position position, RawBsonDocument document) {

    /** Stands before the number and the identity that make a later word's own {@code _id}. */
    private static final String LATER = "w:";

    /** The {@code _id} of a word: no identity begins like that of a later one. */
    static String id(String identity, int n) {
        return n == 0 ? identity : LATER + n + ":" + identity;
    }

    /** Reads a stored one. */
    static Word of(RawBsonDocument document) {
        var said = said(document);
        return new Word(
                said == null ? 0 : said.getNumber(StoreLayout.SAID_N).intValue(),
                Content.position(document),
                document);
    }

    /** The identity of a stored one. */
    static String identityOf(RawBsonDocument document) {
        var said = said(document);
        return said == null
                ? document.getString(StoreLayout.ID).getValue()
                : said.getString(StoreLayout.SAID_OF).getValue();
    }

    private static @Nullable BsonDocument said(BsonDocument document) {
        return document.get(StoreLayout.SAID) instanceof BsonDocument said ? said : null;
    }

    /** The number of the word that began the request that this one is about. */
    int request() {
        return number(StoreLayout.SAID_REQUEST);
    }

    /** The number of the word that counted for its request once this one was there. */
    int stands() {
        return number(StoreLayout.SAID_STANDS);
    }

    private int number(String name) {
        var said = said(document);
        return said != null && said.containsKey(name) ? said.getNumber(name).intValue() : n;
    }

    EventValues values(EventTopic topic) {
        return StoredEvent.of(topic, document).values();
    }

    /**
     * Whether it counts before another word about the same request: one with tokens, else the later
     * one. An order of all words, whichever comes in first.
     */
    boolean outranks(Word other) {
        var own = values(EventTopic.TOKEN_USAGE);
        var others = other.values(EventTopic.TOKEN_USAGE);
        if (hasTokens(own) != hasTokens(others)) {
            return hasTokens(own);
        }
        if (own.epochNanos() != others.epochNanos()) {
            return own.epochNanos() > others.epochNanos();
        }
        var at = position.topicId().compareTo(other.position.topicId());
        at = at != 0 ? at : Integer.compare(position.partition(), other.position.partition());
        at = at != 0 ? at : Long.compare(position.offset(), other.position.offset());
        return at != 0 ? at > 0 : position.item() > other.position.item();
    }

    private static boolean hasTokens(EventValues usage) {
        return usage.number(TokenUsage.PROMPT_TOKENS) > 0
                || usage.number(TokenUsage.COMPLETION_TOKENS) > 0;
    }
}
