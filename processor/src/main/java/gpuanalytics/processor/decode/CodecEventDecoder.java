package gpuanalytics.processor.decode;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.Decoded.Refusal;
import gpuanalytics.event.Decoded.Valid;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.RejectReason;
import gpuanalytics.event.RequestStatus;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.decode.DecodedRecord.Rejected;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.List;
import org.bson.BsonBinaryWriter;
import org.bson.RawBsonDocument;
import org.bson.io.BasicOutputBuffer;
import org.jspecify.annotations.Nullable;

/** Decodes by way of {@link EventCodec}; the reference for any faster decoder. */
public final class CodecEventDecoder implements EventDecoder {

    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final double MILLIS_PER_SECOND = 1000;

    private final EventCodec codec;
    private final Clock clock;
    private final double assumedIntervalS;
    private final Refusals refusals;

    /** Told of each reading that an event lacks because of what was said of it. */
    @FunctionalInterface
    public interface Refusals {
        void refused(EventTopic topic, String field, RejectReason reason);
    }

    /**
     * @param clock tells when a document is stored
     * @param assumedInterval the time that a sample stands for when it does not say
     */
    public CodecEventDecoder(EventCodec codec, Clock clock, Duration assumedInterval) {
        this(codec, clock, assumedInterval, (_, _, _) -> {});
    }

    /**
     * @param refusals told of the readings that are refused
     */
    public CodecEventDecoder(
            EventCodec codec, Clock clock, Duration assumedInterval, Refusals refusals) {
        this.codec = codec;
        this.clock = clock;
        this.refusals = refusals;
        this.assumedIntervalS = assumedInterval.toMillis() / MILLIS_PER_SECOND;
    }

    @Override
    public DecodedRecord decode(RawRecord record) {
        if (!hasTime(record)) {
            return new Rejected(
                    record,
                    RejectReason.OUT_OF_RANGE,
                    "record has no time, expected when it was sent or appended");
        }
        var kind = record.partition().kind();
        return switch (codec.decode(kind, record.value(), record::header, record.timestamp())) {
            case Decoded.Rejected(var reason, var detail) -> new Rejected(record, reason, detail);
            case Valid(var event, var refused) -> row(record, event, refused);
        };
    }

    /**
     * Whether a record has the time that its event's age is judged by. Brokers give one where the
     * topic says so, and every client of the last ten years does.
     */
    static boolean hasTime(RawRecord record) {
        return record.timestampMillis() >= 0;
    }

    private Row row(RawRecord record, Event event, List<Refusal> refused) {
        for (var each : refused) {
            if (!each.isPassedOn()) {
                refusals.refused(event.topic(), each.field(), each.reason());
            }
        }
        var id = idOf(event, record.position());
        var document = document(event, refused, id, record.position());
        var values = StoredEvent.of(event.topic(), new RawBsonDocument(document)).values();
        return new Row(record, document, values, Overflow.NONE);
    }

    private static String idOf(Event event, Position position) {
        var own = EventId.of(event);
        return own != null
                ? own
                : EventId.ofPosition(
                        position.topicId(),
                        position.partition(),
                        position.offset(),
                        position.item());
    }

    private byte[] document(Event event, List<Refusal> refused, String id, Position position) {
        var out = new BasicOutputBuffer(512);
        try (var bson = new BsonBinaryWriter(out)) {
            bson.writeStartDocument();
            bson.writeString(StoreLayout.ID, id);
            for (var field : event.topic().fields().fields()) {
                write(bson, field, event.get(field));
            }
            var gpu = event.gpu();
            if (gpu != null) {
                bson.writeString(StoreLayout.GPU, gpu.key());
            }
            writeSource(bson, position);
            bson.writeDateTime(StoreLayout.STORED_AT, clock.millis());
            if (event.topic() == EventTopic.GPU_METRICS
                    && event.get(GpuMetric.INTERVAL_S) == null) {
                bson.writeDouble(StoreLayout.ASSUMED_INTERVAL_S, assumedIntervalS);
            }
            if (Labels.added(event.topic()).stream().anyMatch(field -> event.get(field) != null)) {
                bson.writeInt32(StoreLayout.SERIES_BY, StoreLayout.SERIES_BY_ALL);
            }
            if (event.topic() == EventTopic.TOKEN_USAGE) {
                writeFailed(bson, event);
            }
            writeRefused(bson, refused);
            bson.writeEndDocument();
        }
        return out.toByteArray();
    }

    private static void writeSource(BsonBinaryWriter bson, Position position) {
        bson.writeStartDocument(StoreLayout.SRC);
        bson.writeString(StoreLayout.SRC_TOPIC_ID, position.topicId());
        bson.writeInt32(StoreLayout.SRC_PARTITION, position.partition());
        bson.writeInt64(StoreLayout.SRC_OFFSET, position.offset());
        if (position.item() > 0) {
            bson.writeInt32(StoreLayout.SRC_ITEM, position.item());
        }
        bson.writeEndDocument();
    }

    /** Each field once, each text short: as many bytes as there are fields bound it. */
    private static void writeRefused(BsonBinaryWriter bson, List<Refusal> refused) {
        if (refused.isEmpty()) {
            return;
        }
        bson.writeStartDocument(StoreLayout.REFUSED);
        refused.forEach(each -> bson.writeString(each.field(), each.said()));
        bson.writeEndDocument();
    }

    private static void writeFailed(BsonBinaryWriter bson, Event event) {
        var errorType = event.get(TokenUsage.ERROR_TYPE);
        var failed = RequestStatus.isFailure(errorType, event.get(TokenUsage.STATUS));
        var decided = DecidedCounts.ofUsage(failed, errorType != null).failed();
        if (decided != null) {
            bson.writeBoolean(StoreLayout.DECIDED_FAILED, decided);
        }
    }

    private static void write(BsonBinaryWriter bson, Field<?> field, @Nullable Object value) {
        switch (value) {
            case null -> {}
            case String text -> bson.writeString(field.name(), text);
            case Instant time -> writeTime(bson, field, time);
            case Long number -> bson.writeInt64(field.name(), number);
            case Double number -> bson.writeDouble(field.name(), number);
            case Boolean flag -> bson.writeBoolean(field.name(), flag);
            default -> throw new IllegalStateException(field + " holds a " + value.getClass());
        }
    }

    private static void writeTime(BsonBinaryWriter bson, Field<?> field, Instant time) {
        bson.writeDateTime(field.name(), time.toEpochMilli());
        var belowMilli = time.get(ChronoField.NANO_OF_SECOND) % NANOS_PER_MILLI;
        if (belowMilli != 0) {
            bson.writeInt32(StoreLayout.TS_NANOS, belowMilli);
        }
    }
}
