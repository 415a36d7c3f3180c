package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuId;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a scanned record, made once for all records that have the same: most of a fleet's
 * samples differ in their numbers alone. For one thread.
 */
final class FlatLabels {

    private static final int SLOTS = 1 << 13;

    /** Longer ones are not kept: what is kept is bounded. */
    private static final int MAX_KEPT_BYTES = 512;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final class Kept {
        private final byte[] key;
        private final int hash;
        private final @Nullable Labels labels;

        Kept(byte[] key, int hash, @Nullable Labels labels) {
            this.key = key;
            this.hash = hash;
            this.labels = labels;
        }
    }

    private final EventTopic topic;
    private final FlatScanner scanned;
    private final Field<?>[] fields;
    private final long bits;
    private final Field<String> uuid;
    private final Field<String> host;
    private final Field<Long> index;
    private final @Nullable Kept[] kept = new @Nullable Kept[SLOTS];

    private final CRC32C checksum = new CRC32C();

    private byte[] key = new byte[1024];
    private int length;

    FlatLabels(EventTopic topic, FlatScanner scanned) {
        this.topic = topic;
        this.scanned = scanned;
        boolean sample = topic == EventTopic.GPU_METRICS;
        this.uuid = sample ? GpuMetric.GPU_UUID : TokenUsage.GPU_UUID;
        this.host = sample ? GpuMetric.HOST : TokenUsage.HOST;
        this.index = sample ? GpuMetric.GPU_INDEX : TokenUsage.GPU_INDEX;
        this.fields = topic.fields().fields().toArray(Field<?>[]::new);
        this.bits =
                EventValues.bits(Labels.fields(topic))
                        | EventValues.bits(List.of(uuid, host, index));
    }

    /** Whether the GPU's names stand in its key as they are, see {@link GpuId}. */
    private boolean hasPlainGpu(byte[] value) {
        if (!scanned.has(uuid)) {
            return !scanned.has(host)
                    || (indexOf(value, host, '/') < 0 && indexOf(value, host, '#') < 0);
        }
        int slash = indexOf(value, uuid, '/');
        return (slash < 0 || !isDigits(value, slash + 1, end(uuid)))
                && indexOf(value, uuid, '#') < 0;
    }

    /**
     * The labels of the record that was scanned last, or null where its GPU's names are not plain.
     */
    @Nullable Labels ofScanned() {
        putKey();
        if (length > MAX_KEPT_BYTES) {
            return make();
        }
        int hash = hash();
        int slot = hash & (SLOTS - 1);
        var found = kept[slot];
        if (found != null
                && found.hash == hash
                && Arrays.equals(found.key, 0, found.key.length, key, 0, length)) {
            return found.labels;
        }
        var made = make();
        kept[slot] = new Kept(Arrays.copyOf(key, length), hash, made);
        return made;
    }

    private @Nullable Labels make() {
        if (!hasPlainGpu(scanned.text)) {
            return null;
        }
        var gpu = GpuId.of((String) get(uuid), (String) get(host), (Long) get(index));
        return Labels.of(topic, gpu == null ? null : gpu.key(), this::get);
    }

    private @Nullable Object get(Field<?> field) {
        if (!scanned.has(field)) {
            return null;
        }
        return field.kind() == Field.Kind.TEXT
                ? new String(scanned.text, scanned.from(field), scanned.length(field), ISO_8859_1)
                : (Object) scanned.bits(field);
    }

    /** Which labels there are, and each with its length: no two lists of values are the same. */
    private void putKey() {
        int most = scanned.length() + (fields.length + 1) * Long.BYTES;
        if (key.length < most) {
            key = new byte[2 * most];
        }
        length = 0;
        long present = scanned.present() & bits;
        putLong(present);
        for (long left = present; left != 0; left &= left - 1) {
            put(fields[Long.numberOfTrailingZeros(left)]);
        }
    }

    private void put(Field<?> field) {
        if (field.kind() == Field.Kind.TEXT) {
            int bytes = scanned.length(field);
            putLong(bytes);
            System.arraycopy(scanned.text, scanned.from(field), key, length, bytes);
            length += bytes;
        } else {
            putLong(scanned.bits(field));
        }
    }

    private void putLong(long value) {
        LONG.set(key, length, value);
        length += Long.BYTES;
    }

    /** A checksum, because the processor makes one much faster than a loop can. */
    private int hash() {
        checksum.reset();
        checksum.update(key, 0, length);
        return (int) checksum.getValue();
    }

    private int end(Field<?> field) {
        return scanned.from(field) + scanned.length(field);
    }

    private int indexOf(byte[] value, Field<?> field, char wanted) {
        int end = end(field);
        for (int i = scanned.from(field); i < end; i++) {
            if (value[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isDigits(byte[] value, int from, int to) {
        for (int i = from; i < to; i++) {
            if (value[i] < '0' || value[i] > '9') {
                return false;
            }
        }
        return from < to;
    }
}
