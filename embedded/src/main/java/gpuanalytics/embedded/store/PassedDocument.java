package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * A document of an answer that is sent as the bytes that are stored: the library hands it on from
 * the collection to the connection without a look inside. It has one field, of a name that no field
 * can have.
 */
final class PassedDocument {

    private static final String NAME = "\0";

    private PassedDocument() {}

    static Document of(byte[] bytes) {
        return new Document(NAME, bytes);
    }

    /** The bytes; null for a document as others are. */
    static byte @Nullable [] bytes(Document document) {
        return document.size() == 1 && document.get(NAME) instanceof byte[] bytes ? bytes : null;
    }
}
