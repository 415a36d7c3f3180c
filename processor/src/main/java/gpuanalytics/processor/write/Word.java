package gpuanalytics.processor.write;

import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.store.StoreLayout;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** One thing that was said under an identity. */
final class Word {

    /** Stands before the number and the identity that make a later word's own {@code _id}. */
    private static final String LATER = "w:";

    private final int n;
    private final Position position;
    private final RawBsonDocument document;

    /** Read once: a word is compared with each that comes after it. */
    private @Nullable UsageWord usage;

    /**
     * @param n its number under the identity; 0 for the first
     * @param position where it came from
     * @param document its raw document
     */
    Word(int n, Position position, RawBsonDocument document) {
        this.n = n;
        this.position = position;
        this.document = document;
    }

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

    /** What is said of a document that is a later word; null where it is a first one. */
    static @Nullable BsonDocument said(BsonDocument document) {
        return document.get(StoreLayout.SAID) instanceof BsonDocument said ? said : null;
    }

    int n() {
        return n;
    }

    Position position() {
        return position;
    }

    RawBsonDocument document() {
        return document;
    }

    /** The number of the word that counted for its request once this one was there. */
    int stands() {
        var said = said(document);
        return said != null && said.containsKey(StoreLayout.SAID_STANDS)
                ? said.getNumber(StoreLayout.SAID_STANDS).intValue()
                : n;
    }

    /** What it says of a request, where it is a usage. */
    UsageWord usage() {
        var read = usage;
        if (read == null) {
            read = UsageWord.of(this);
            usage = read;
        }
        return read;
    }
}
