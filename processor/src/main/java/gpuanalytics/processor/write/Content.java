package gpuanalytics.processor.write;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.store.StoreLayout;
import java.util.Objects;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNumber;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What raw documents say, without where they came from and what was decided of them. A store may
 * give a number back in another width than it was given.
 */
final class Content {

    private static final BsonInt32 FIRST_ITEM = new BsonInt32(0);

    private Content() {}

    /** Whether two documents say the same. */
    static boolean same(EventTopic topic, BsonDocument one, BsonDocument other) {
        for (var field : topic.fields().fields()) {
            if (!same(one.get(field.name()), other.get(field.name()))) {
                return false;
            }
        }
        return same(one.get(StoreLayout.TS_NANOS), other.get(StoreLayout.TS_NANOS));
    }

    /** Whether one says nothing that another does not say. */
    static boolean within(EventTopic topic, BsonDocument one, BsonDocument other) {
        for (var field : topic.fields().fields()) {
            var value = one.get(field.name());
            if (value != null && !same(value, other.get(field.name()))) {
                return false;
            }
        }
        return true;
    }

    /** Whether two documents say the same of a field, or not both say something. */
    static boolean agree(Field<?> field, BsonDocument one, BsonDocument other) {
        var a = one.get(field.name());
        var b = other.get(field.name());
        return a == null || b == null || same(a, b);
    }

    private static boolean same(@Nullable BsonValue a, @Nullable BsonValue b) {
        if (a instanceof BsonNumber one && b instanceof BsonNumber other) {
            var isWhole = !one.isDouble() && !other.isDouble();
            return isWhole
                    ? one.longValue() == other.longValue()
                    : one.doubleValue() == other.doubleValue();
        }
        return Objects.equals(a, b);
    }

    /** Where a document came from. */
    static Position position(BsonDocument document) {
        var src = document.getDocument(StoreLayout.SRC);
        return new Position(
                src.getString(StoreLayout.SRC_TOPIC_ID).getValue(),
                src.getNumber(StoreLayout.SRC_PARTITION).intValue(),
                src.getNumber(StoreLayout.SRC_OFFSET).longValue(),
                src.getNumber(StoreLayout.SRC_ITEM, FIRST_ITEM).intValue());
    }

    /** A position in text, as in the log and in dead letters. */
    static String text(Position position) {
        var record = position.topicId() + "/" + position.partition() + "/" + position.offset();
        return position.item() == 0 ? record : record + "/" + position.item();
    }
}
