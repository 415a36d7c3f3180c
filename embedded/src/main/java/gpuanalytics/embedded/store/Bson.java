package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** Documents to BSON bytes and back. */
final class Bson {

    private static final int TYPICAL_BYTES = 512;

    private Bson() {}

    static byte[] encode(Document document) {
        var out = Unpooled.buffer(TYPICAL_BYTES);
        BsonEncoder.encodeDocument(document, out);
        return Arrays.copyOf(out.array(), out.readableBytes());
    }

    static Document decode(byte[] bytes) {
        return BsonDecoder.decodeBson(Unpooled.wrappedBuffer(bytes));
    }

    /** The document with only the wanted fields. */
    static Document decode(byte[] bytes, Wanted wanted) {
        return decode(BsonParts.only(bytes, wanted));
    }
}
