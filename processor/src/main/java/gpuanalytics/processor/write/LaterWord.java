package gpuanalytics.processor.write;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.write.Verdict.Next;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/** The raw document of a later word: what its row says, and what was decided of it. */
final class LaterWord {

    private final Row row;
    private final int n;
    private final BsonDocument document = new BsonDocument();
    private final BsonDocument said;

    /**
     * @param role the name of how it counts
     */
    LaterWord(Row row, Family family, String role) {
        this.row = row;
        this.n = family.next();
        row.document().forEach(document::append);
        document.put(StoreLayout.ID, new BsonString(Word.id(family.identity(), n)));
        this.said =
                new BsonDocument(StoreLayout.SAID_OF, new BsonString(family.identity()))
                        .append(StoreLayout.SAID_N, new BsonInt32(n))
                        .append(StoreLayout.SAID_AS, new BsonString(role))
                        .append(
                                StoreLayout.SAID_AT,
                                new BsonString(Content.text(row.record().position())));
    }

    int n() {
        return n;
    }

    /** The document, to add to. */
    BsonDocument document() {
        return document;
    }

    /** What is said about the word, to add to. */
    BsonDocument said() {
        return said;
    }

    /** What is stored and what it means: the same that a second reading will find. */
    Next next() {
        document.put(StoreLayout.SAID, said);
        RawBsonDocument raw = Role.rawOf(document);
        return new Next(new Word(n, row.record().position(), raw));
    }
}
