package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.time.Clock;
import java.util.Arrays;
import org.bson.RawBsonDocument;

/**
 * Decodes plain records straight from JSON bytes to BSON bytes, and leaves all others, also those
 * to refuse, to {@link CodecEventDecoder}: the outcome is the same, byte for byte. For one thread.
 */
public final class ScanningEventDecoder implements EventDecoder {

    private static final byte[] JSON = "application/json".getBytes(ISO_8859_1);

    private final EventLimits limits;
    private final Clock clock;
    private final CodecEventDecoder codec;
    private final FlatScanner metrics = new FlatScanner(EventTopic.GPU_METRICS);
    private final FlatScanner usages = new FlatScanner(EventTopic.TOKEN_USAGE);
    private final FlatDocument metricDocument = new FlatDocument(EventTopic.GPU_METRICS, metrics);
    private final FlatDocument usageDocument = new FlatDocument(EventTopic.TOKEN_USAGE, usages);

    /**
     * @param codec judges what is not plain; its limits hold here too
     * @param clock tells when a document is stored
     */
    public ScanningEventDecoder(EventCodec codec, Clock clock) {
        this.limits = codec.limits();
        this.clock = clock;
        this.codec = new CodecEventDecoder(codec, clock);
    }

    @Override
    public DecodedRecord decode(RawRecord record) {
        return switch (record.partition().kind()) {
            case GPU_METRICS -> decode(record, metrics, metricDocument);
            case TOKEN_USAGE -> decode(record, usages, usageDocument);
        };
    }

    private DecodedRecord decode(RawRecord record, FlatScanner scanner, FlatDocument document) {
        var value = record.value();
        if (value == null) {
            return codec.decode(record);
        }
        boolean plain =
                value.length <= limits.maxBytes()
                        && hasPlainHeaders(record)
                        && scanner.scan(value)
                        && isSurelyInTime(scanner.tsSeconds());
        if (!plain) {
            return codec.decode(record);
        }
        var partition = record.partition();
        var bytes =
                document.write(
                        value,
                        partition.topicId(),
                        partition.number(),
                        record.offset(),
                        clock.millis());
        return new Row(record, document.id(), new RawBsonDocument(bytes), false);
    }

    private static boolean hasPlainHeaders(RawRecord record) {
        var type = record.header("content-type");
        return (type == null || Arrays.equals(type, JSON))
                && record.header("ce_specversion") == null;
    }

    /** A time within a second of a limit is left to the codec, which compares nanoseconds. */
    private boolean isSurelyInTime(long seconds) {
        long now = Math.floorDiv(limits.clock().millis(), 1000);
        return seconds > now - limits.maxAge().toSeconds()
                && seconds < now + limits.maxLead().toSeconds();
    }
}
