package gpuanalytics.processor.decode;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.store.StoreLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bson.BsonArray;
import org.bson.BsonBinaryReader;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonReader;
import org.bson.BsonString;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.io.ByteBufferBsonInput;
import org.jspecify.annotations.Nullable;

/**
 * An event as its raw document tells it: what the audit and whoever recomputes go by.
 *
 * @param values what it says
 * @param overflow under which series it counts
 * @param role how it counts beside others of its identity
 */
public record StoredEvent(EventValues values, Overflow overflow, Role role) {

    private static final int MILLIS_PER_SECOND = 1000;
    private static final int NANOS_PER_MILLI = 1_000_000;

    /** The first word of its identity. */
    public StoredEvent(EventValues values, Overflow overflow) {
        this(values, overflow, Role.WHOLE);
    }

    /** Reads a raw document; fields that it lacks are absent. */
    public static StoredEvent of(EventTopic topic, RawBsonDocument document) {
        return new Reading(topic).read(document);
    }

    /** The fields of a raw document that hold what was decided of it when it was stored. */
    public static List<String> decisions() {
        var fields =
                List.of(
                        StoreLayout.OVERFLOW,
                        StoreLayout.ASSUMED_INTERVAL_S,
                        StoreLayout.SAID,
                        StoreLayout.REPLACES,
                        StoreLayout.MOVES,
                        StoreLayout.SERIES_BY);
        return Stream.concat(fields.stream(), DecidedCounts.fields().stream()).toList();
    }

    /** The series that it counts under. */
    public String series() {
        return overflow.series(values.labels());
    }

    private static final class Reading {

        private final EventTopic topic;
        private final long[] numbers;
        private final Map<Field<?>, Object> labels = new HashMap<>();
        private long present;
        private long tsMillis;
        private int belowMilli;
        private @Nullable String gpu;
        private @Nullable BsonValue overflow;
        private @Nullable BsonDocument decided;
        private boolean isLater;
        private boolean byAllLabels;

        Reading(EventTopic topic) {
            this.topic = topic;
            this.numbers = new long[topic.fields().fields().size()];
        }

        StoredEvent read(RawBsonDocument document) {
            // The document's own reader would decode all of it first.
            try (var reader =
                    new BsonBinaryReader(new ByteBufferBsonInput(document.getByteBuffer()))) {
                reader.readStartDocument();
                while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                    read(reader, reader.readName());
                }
            }
            var all = Labels.of(topic, gpu, labels::get);
            var values =
                    EventValues.of(
                            byAllLabels ? all : all.atFirst(),
                            Math.floorDiv(tsMillis, MILLIS_PER_SECOND),
                            Math.floorMod(tsMillis, MILLIS_PER_SECOND) * NANOS_PER_MILLI
                                    + belowMilli,
                            present,
                            numbers,
                            decided == null
                                    ? DecidedCounts.NONE
                                    : DecidedCounts.ofDocument(decided));
            var role = isLater ? Role.of(topic, document) : Role.WHOLE;
            return new StoredEvent(values, Overflow.of(overflow), role);
        }

        private void read(BsonReader reader, String name) {
            var named = topic.fields().find(name);
            if (named != null && named.alias() == null) {
                read(reader, named.field());
                return;
            }
            switch (name) {
                case StoreLayout.TS_NANOS -> belowMilli = (int) whole(reader);
                case StoreLayout.GPU -> gpu = reader.readString();
                case StoreLayout.OVERFLOW -> overflow = mark(reader);
                case StoreLayout.ASSUMED_INTERVAL_S -> read(reader, GpuMetric.INTERVAL_S);
                case StoreLayout.DECIDED_FAILED,
                        StoreLayout.DECIDED_XID_ERRORS,
                        StoreLayout.DECIDED_ENERGY_UJ ->
                        decide(name, decision(reader));
                case StoreLayout.SAID -> {
                    isLater = true;
                    reader.skipValue();
                }
                case StoreLayout.SERIES_BY -> byAllLabels = whole(reader) > 0;
                default -> reader.skipValue();
            }
        }

        private void read(BsonReader reader, Field<?> field) {
            if (reader.getCurrentBsonType() == BsonType.NULL) {
                reader.skipValue();
                return;
            }
            present |= EventValues.bit(field);
            switch (field.kind()) {
                case TIME -> tsMillis = reader.readDateTime();
                case TEXT -> labels.put(field, reader.readString());
                case FLAG -> numbers[field.index()] = reader.readBoolean() ? 1 : 0;
                case NUMBER -> numbers[field.index()] = Double.doubleToRawLongBits(number(reader));
                case INTEGER -> {
                    var number = whole(reader);
                    numbers[field.index()] = number;
                    labels.put(field, number);
                }
            }
        }

        private void decide(String name, BsonValue value) {
            decided = decided == null ? new BsonDocument() : decided;
            decided.put(name, value);
        }

        private static BsonValue decision(BsonReader reader) {
            return switch (reader.getCurrentBsonType()) {
                case BOOLEAN -> BsonBoolean.valueOf(reader.readBoolean());
                case NULL -> {
                    reader.readNull();
                    yield BsonNull.VALUE;
                }
                default -> new BsonInt64(whole(reader));
            };
        }

        private static BsonValue mark(BsonReader reader) {
            return switch (reader.getCurrentBsonType()) {
                case STRING -> new BsonString(reader.readString());
                case ARRAY -> texts(reader);
                default -> BsonBoolean.valueOf(reader.readBoolean());
            };
        }

        private static BsonArray texts(BsonReader reader) {
            var texts = new BsonArray();
            reader.readStartArray();
            while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                texts.add(new BsonString(reader.readString()));
            }
            reader.readEndArray();
            return texts;
        }

        // A store may give numbers back in another width than it was given.

        private static long whole(BsonReader reader) {
            return switch (reader.getCurrentBsonType()) {
                case INT32 -> reader.readInt32();
                case DOUBLE -> (long) reader.readDouble();
                default -> reader.readInt64();
            };
        }

        private static double number(BsonReader reader) {
            return reader.getCurrentBsonType() == BsonType.DOUBLE
                    ? reader.readDouble()
                    : (double) whole(reader);
        }
    }
}
