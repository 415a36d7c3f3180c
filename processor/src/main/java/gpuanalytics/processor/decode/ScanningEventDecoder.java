package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;

/**
 * Decodes plain records straight from JSON bytes to BSON bytes, and leaves all others, also those
 * to reject, to {@link CodecEventDecoder}: the outcome is the same, byte for byte. For one thread.
 */
public final class ScanningEventDecoder implements EventDecoder {

    private static final byte[] JSON = "application/json".getBytes(ISO_8859_1);

    private final EventLimits limits;
    private final Clock clock;
    private final CodecEventDecoder codec;
    private final double assumedIntervalS;
    private final Plain samples;
    private final Plain usages;
    private final DocumentBlocks blocks = new DocumentBlocks();

    /** What reads the plain records of one topic. */
    private static final class Plain {

        private final FlatScanner scanner;
        private final FlatDocument document;
        private final FlatLabels labels;

        Plain(EventTopic topic, double assumedIntervalS) {
            this.scanner = new FlatScanner(topic);
            this.document = new FlatDocument(topic, scanner, assumedIntervalS);
            this.labels = new FlatLabels(topic, scanner);
        }
    }

    /**
     * @param codec judges what is not plain; its limits hold here too
     * @param clock tells when a document is stored
     * @param assumedInterval the time that a sample stands for when it does not say
     */
    public ScanningEventDecoder(EventCodec codec, Clock clock, Duration assumedInterval) {
        this(codec, clock, assumedInterval, (_, _, _) -> {});
    }

    /**
     * @param refusals told of the readings that are refused
     */
    public ScanningEventDecoder(
            EventCodec codec,
            Clock clock,
            Duration assumedInterval,
            CodecEventDecoder.Refusals refusals) {
        this.limits = codec.limits();
        this.clock = clock;
        this.codec = new CodecEventDecoder(codec, clock, assumedInterval, refusals);
        this.assumedIntervalS = assumedInterval.toMillis() / 1000.0;
        this.samples = new Plain(EventTopic.GPU_METRICS, assumedIntervalS);
        this.usages = new Plain(EventTopic.TOKEN_USAGE, assumedIntervalS);
    }

    @Override
    public DecodedRecord decode(RawRecord record) {
        return switch (record.partition().kind()) {
            case GPU_METRICS -> decode(record, samples);
            case TOKEN_USAGE -> decode(record, usages);
        };
    }

    private DecodedRecord decode(RawRecord record, Plain plain) {
        var value = record.buffer();
        var labels =
                value != null && isPlain(record, value, plain) ? plain.labels.ofScanned() : null;
        if (labels == null) {
            return codec.decode(record);
        }
        var partition = record.partition();
        int length =
                plain.document.write(
                        partition.topicId(),
                        partition.number(),
                        record.offset(),
                        record.item(),
                        clock.millis());
        var values = plain.scanner.values(labels);
        var block = blocks.withRoomFor(length);
        return new Row(
                record,
                block,
                block.add(plain.document.bytes(), length),
                length,
                plain.document.assumes() ? values.standingFor(assumedIntervalS) : values,
                Overflow.NONE);
    }

    private boolean isPlain(RawRecord record, ByteBuffer value, Plain plain) {
        return value.hasArray()
                && value.remaining() <= limits.maxBytes()
                && hasPlainHeaders(record)
                && CodecEventDecoder.hasTime(record)
                && plain.scanner.scan(value)
                && isSurelyInTime(plain.scanner.tsSeconds(), record.timestampMillis());
    }

    private static boolean hasPlainHeaders(RawRecord record) {
        var type = record.header("content-type");
        return (type == null || Arrays.equals(type, JSON))
                && record.header("ce_specversion") == null;
    }

    /** A time within a second of a limit is left to the codec, which compares nanoseconds. */
    private boolean isSurelyInTime(long seconds, long writtenMillis) {
        long written = writtenMillis / 1000;
        return seconds > written - limits.maxAge().toSeconds()
                && seconds < written + limits.maxLead().toSeconds();
    }
}
