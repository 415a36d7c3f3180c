package gpuanalytics.processor.decode;

import static gpuanalytics.processor.decode.ElementHead.head;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.EventId;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.store.StoreLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.stream.LongStream;
import org.bson.BsonType;

/**
 * Writes the raw document of a scanned record as BSON bytes: the same bytes as {@link
 * CodecEventDecoder} makes. For one thread.
 */
final class FlatDocument {

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final int MILLIS_PER_SECOND = 1000;
    private static final int NANO_DIGITS = 9;

    /** All that are a long; a number has more digits than that from one of them on. */
    private static final long[] POWERS_OF_TEN =
            LongStream.iterate(1, power -> power * 10).limit(19).toArray();

    /** Names, numbers and what stands around texts take less; texts come from the record. */
    private static final int FIXED_BYTES = 8192;

    /** A text may be in its own field, in the GPU's key and in the identity. */
    private static final int TEXT_COPIES = 3;

    private static final byte[] ID = head(BsonType.STRING, StoreLayout.ID);
    private static final byte[] TS_NANOS = head(BsonType.INT32, StoreLayout.TS_NANOS);
    private static final byte[] GPU = head(BsonType.STRING, StoreLayout.GPU);
    private static final byte[] SRC = head(BsonType.DOCUMENT, StoreLayout.SRC);
    private static final byte[] TOPIC_ID = head(BsonType.STRING, StoreLayout.SRC_TOPIC_ID);
    private static final byte[] PARTITION = head(BsonType.INT32, StoreLayout.SRC_PARTITION);
    private static final byte[] OFFSET = head(BsonType.INT64, StoreLayout.SRC_OFFSET);
    private static final byte[] ITEM = head(BsonType.INT32, StoreLayout.SRC_ITEM);
    private static final byte[] STORED_AT = head(BsonType.DATE_TIME, StoreLayout.STORED_AT);
    private static final byte[] ASSUMED_INTERVAL_S =
            head(BsonType.DOUBLE, StoreLayout.ASSUMED_INTERVAL_S);
    private static final byte[] SERIES_BY = head(BsonType.INT32, StoreLayout.SERIES_BY);

    private static final byte[] DECIDED_FAILED = head(BsonType.BOOLEAN, StoreLayout.DECIDED_FAILED);

    private static final byte[] GIVEN = EventId.GIVEN.getBytes(ISO_8859_1);
    private static final byte[] SAMPLE = EventId.SAMPLE.getBytes(ISO_8859_1);
    private static final byte[] REQUEST = EventId.REQUEST.getBytes(ISO_8859_1);
    private static final byte[] POSITION = EventId.POSITION.getBytes(ISO_8859_1);

    private final EventTopic topic;
    private final long assumedIntervalBits;
    private final FlatScanner scanned;
    private final Field<?>[] fields;
    private final long addedLabels;
    private final byte[][] elements;
    private final Field<String> uuid;
    private final Field<String> host;
    private final Field<Long> index;

    private byte[] out = new byte[FIXED_BYTES];
    private int at;

    private String lastTopicId = "";
    private byte[] topicIdBytes = {};

    /**
     * @param assumedIntervalS the time that a sample stands for when it does not say
     */
    FlatDocument(EventTopic topic, FlatScanner scanned, double assumedIntervalS) {
        this.topic = topic;
        this.assumedIntervalBits = Double.doubleToRawLongBits(assumedIntervalS);
        this.scanned = scanned;
        this.fields = topic.fields().fields().toArray(Field<?>[]::new);
        this.addedLabels = EventValues.bits(Labels.added(topic));
        this.elements = new byte[fields.length][];
        for (var field : fields) {
            elements[field.index()] = head(field);
        }
        boolean sample = topic == EventTopic.GPU_METRICS;
        this.uuid = sample ? GpuMetric.GPU_UUID : TokenUsage.GPU_UUID;
        this.host = sample ? GpuMetric.HOST : TokenUsage.HOST;
        this.index = sample ? GpuMetric.GPU_INDEX : TokenUsage.GPU_INDEX;
    }

    /**
     * Writes the document of the record that was scanned last; returns its length.
     *
     * @param item the place of the event in its record
     */
    int write(String topicId, int partition, long offset, int item, long storedAtMillis) {
        begin(topicId);
        putId(partition, offset, item);
        for (long left = scanned.present(); left != 0; left &= left - 1) {
            put(fields[Long.numberOfTrailingZeros(left)]);
        }
        if (hasGpu()) {
            put(GPU);
            int length = beginText();
            putGpu();
            endText(length);
        }
        putSource(partition, offset, item);
        put(STORED_AT);
        putLong(storedAtMillis);
        if (assumes()) {
            put(ASSUMED_INTERVAL_S);
            putLong(assumedIntervalBits);
        }
        if (scanned.hasAny(addedLabels)) {
            put(SERIES_BY);
            putInt(StoreLayout.SERIES_BY_ALL);
        }
        putFailed();
        put((byte) 0);
        INT.set(out, 0, at);
        return at;
    }

    /** The array that begins with the document; valid until the next is written. */
    byte[] bytes() {
        return out;
    }

    private void begin(String topicId) {
        if (!topicId.equals(lastTopicId)) {
            lastTopicId = topicId;
            topicIdBytes = topicId.getBytes(UTF_8);
        }
        int most = FIXED_BYTES + TEXT_COPIES * (scanned.length() + topicIdBytes.length);
        if (out.length < most) {
            out = new byte[most];
        }
        at = Integer.BYTES;
    }

    /** Whether the record is a sample that does not say what time it stands for. */
    boolean assumes() {
        return topic == EventTopic.GPU_METRICS && !scanned.has(GpuMetric.INTERVAL_S);
    }

    private void putId(int partition, long offset, int item) {
        put(ID);
        int length = beginText();
        if (scanned.has(topic.eventId())) {
            put(GIVEN);
            putText(topic.eventId());
        } else {
            switch (topic) {
                case GPU_METRICS -> putSampleId();
                case TOKEN_USAGE -> putUsageId(partition, offset, item);
            }
        }
        endText(length);
    }

    private void putSampleId() {
        put(SAMPLE);
        putGpu();
        if (scanned.has(GpuMetric.MIG_ID)) {
            put((byte) '#');
            putText(GpuMetric.MIG_ID);
        }
        put((byte) '@');
        putDecimal(scanned.tsSeconds(), 1);
        put((byte) '.');
        putDecimal(scanned.tsNanos(), NANO_DIGITS);
    }

    private void putUsageId(int partition, long offset, int item) {
        if (scanned.has(TokenUsage.REQUEST_ID)) {
            put(REQUEST);
            putText(TokenUsage.REQUEST_ID);
            return;
        }
        put(POSITION);
        put(topicIdBytes);
        put((byte) '/');
        putDecimal(partition, 1);
        put((byte) '/');
        putDecimal(offset, 1);
        if (item > 0) {
            put((byte) '/');
            putDecimal(item, 1);
        }
    }

    private boolean hasGpu() {
        return scanned.has(uuid) || (scanned.has(host) && scanned.has(index));
    }

    private void putGpu() {
        if (scanned.has(uuid)) {
            putText(uuid);
            return;
        }
        putText(host);
        put((byte) '/');
        putDecimal(scanned.bits(index), 1);
    }

    private void put(Field<?> field) {
        put(elements[field.index()]);
        switch (field.kind()) {
            case TEXT -> {
                int length = beginText();
                putText(field);
                endText(length);
            }
            case TIME -> putTime();
            case INTEGER, NUMBER -> putLong(scanned.bits(field));
            case FLAG -> put((byte) scanned.bits(field));
        }
    }

    private void putTime() {
        int nanos = scanned.tsNanos();
        putLong(scanned.tsSeconds() * MILLIS_PER_SECOND + nanos / NANOS_PER_MILLI);
        int belowMilli = nanos % NANOS_PER_MILLI;
        if (belowMilli != 0) {
            put(TS_NANOS);
            putInt(belowMilli);
        }
    }

    private void putFailed() {
        var failed = scanned.counts().failed();
        if (failed != null) {
            put(DECIDED_FAILED);
            put((byte) (failed ? 1 : 0));
        }
    }

    private void putSource(int partition, long offset, int item) {
        put(SRC);
        int from = at;
        at += Integer.BYTES;
        put(TOPIC_ID);
        int length = beginText();
        put(topicIdBytes);
        endText(length);
        put(PARTITION);
        putInt(partition);
        put(OFFSET);
        putLong(offset);
        if (item > 0) {
            put(ITEM);
            putInt(item);
        }
        put((byte) 0);
        INT.set(out, from, at - from);
    }

    /** Leaves room for a text's length; returns where that is. */
    private int beginText() {
        int length = at;
        at += Integer.BYTES;
        return length;
    }

    private void endText(int length) {
        put((byte) 0);
        INT.set(out, length, at - length - Integer.BYTES);
    }

    private void putText(Field<?> field) {
        int length = scanned.length(field);
        System.arraycopy(scanned.text, scanned.from(field), out, at, length);
        at += length;
    }

    /** A number that is not negative, in at least so many digits. */
    private void putDecimal(long number, int leastDigits) {
        int digits = leastDigits;
        while (digits < POWERS_OF_TEN.length && number >= POWERS_OF_TEN[digits]) {
            digits++;
        }
        int to = at + digits;
        long rest = number;
        int i = to - 1;
        for (; rest > Integer.MAX_VALUE; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        // divided faster
        int small = (int) rest;
        for (; i >= at; i--) {
            out[i] = (byte) ('0' + small % 10);
            small /= 10;
        }
        at = to;
    }

    private void put(byte value) {
        out[at++] = value;
    }

    private void put(byte[] bytes) {
        System.arraycopy(bytes, 0, out, at, bytes.length);
        at += bytes.length;
    }

    private void putInt(int value) {
        INT.set(out, at, value);
        at += Integer.BYTES;
    }

    private void putLong(long value) {
        LONG.set(out, at, value);
        at += Long.BYTES;
    }
}
