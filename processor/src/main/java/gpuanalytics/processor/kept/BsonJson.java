package gpuanalytics.processor.kept;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.bson.BsonArray;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;

/** Objects of texts and numbers as BSON and back; numbers are decimals, so that none changes. */
final class BsonJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private BsonJson() {}

    static BsonValue bson(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                var document = new BsonDocument();
                node.properties()
                        .forEach(field -> document.append(field.getKey(), bson(field.getValue())));
                yield document;
            }
            case ARRAY -> {
                var array = new BsonArray();
                node.forEach(element -> array.add(bson(element)));
                yield array;
            }
            case NUMBER -> new BsonDecimal128(new Decimal128(node.decimalValue()));
            case STRING -> new BsonString(node.textValue());
            case BOOLEAN, BINARY, MISSING, NULL, POJO -> BsonNull.VALUE;
        };
    }

    /** What is none of ours is absent; whoever reads the object finds that it is. */
    static JsonNode json(BsonValue value) {
        if (value instanceof BsonDocument document) {
            var node = NODES.objectNode();
            document.forEach((name, field) -> node.set(name, json(field)));
            return node;
        }
        if (value instanceof BsonArray array) {
            var node = NODES.arrayNode();
            array.forEach(element -> node.add(json(element)));
            return node;
        }
        if (value instanceof BsonDecimal128 number) {
            return NODES.numberNode(number.getValue().bigDecimalValue());
        }
        return value instanceof BsonString text
                ? NODES.textNode(text.getValue())
                : NODES.nullNode();
    }
}
