package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gpuanalytics.event.Field;
import org.bson.BsonType;

/** What stands before a value in BSON: its type, its name and a zero. */
final class ElementHead {

    private ElementHead() {}

    static byte[] head(Field<?> field) {
        var type =
                switch (field.kind()) {
                    case TEXT -> BsonType.STRING;
                    case TIME -> BsonType.DATE_TIME;
                    case INTEGER -> BsonType.INT64;
                    case NUMBER -> BsonType.DOUBLE;
                    case FLAG -> BsonType.BOOLEAN;
                };
        return head(type, field.name());
    }

    static byte[] head(BsonType type, String name) {
        var text = name.getBytes(ISO_8859_1);
        var head = new byte[text.length + 2];
        head[0] = (byte) type.getValue();
        System.arraycopy(text, 0, head, 1, text.length);
        return head;
    }
}
