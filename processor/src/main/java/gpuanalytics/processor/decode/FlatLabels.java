package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuId;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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

    private static final byte[] NOTHING = {};

    private static final class Kept {
        private final byte[] key;
        private final int hash;
        private final Labels labels;

        Kept(byte[] key, int hash, Labels labels) {
            this.key = key;
            this.hash = hash;
            this.labels = labels;
        }
    }

    private final EventTopic topic;
    private final FlatScanner scanned;
    private final List<Field<?>> fields;
    private final Field<String> uuid;
    private final Field<String> host;
    private final Field<Long> index;
    private final @Nullable Kept[] kept = new @Nullable Kept[SLOTS];

    private final CRC32C checksum = new CRC32C();

    private byte[] record = NOTHING;
    private byte[] key = new byte[1024];
    private int length;

    FlatLabels(EventTopic topic, FlatScanner scanned) {
        this.topic = topic;
        this.scanned = scanned;
        boolean sample = topic == EventTopic.GPU_METRICS;
        this.uuid = sample ? GpuMetric.GPU_UUID : TokenUsage.GPU_UUID;
        this.host = sample ? GpuMetric.HOST : TokenUsage.HOST;
        this.index = sample ? GpuMetric.GPU_INDEX : TokenUsage.GPU_INDEX;
        this.fields =
                Stream.concat(Labels.fields(topic).stream(), Stream.of(uuid, host, index))
                        .distinct()
                        .toList();
    }

    /** Whether the GPU's names stand in its key as they are, see {@link GpuId}. */
    boolean hasPlainGpu(byte[] value) {
        if (!scanned.has(uuid)) {
            return !scanned.has(host)
                    || (indexOf(value, host, '/') < 0 && indexOf(value, host, '#') < 0);
        }
        int slash = indexOf(value, uuid, '/');
        return (slash < 0 || !isDigits(value, slash + 1, end(uuid)))
                && indexOf(value, uuid, '#') < 0;
    }

    /** The labels of the record that was scanned last; {@code value} is the record's. */
    Labels of(byte[] value) {
        record = value;
        length = 0;
        for (var field : fields) {
            put(field);
        }
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

    private Labels make() {
        var gpu = GpuId.of((String) get(uuid), (String) get(host), (Long) get(index));
        return Labels.of(topic, gpu == null ? null : gpu.key(), this::get);
    }

    private @Nullable Object get(Field<?> field) {
        if (!scanned.has(field)) {
            return null;
        }
        return field.kind() == Field.Kind.TEXT
                ? new String(record, scanned.from(field), scanned.length(field), ISO_8859_1)
                : (Object) scanned.bits(field);
    }

    /** A length, or none, and what is as long: no two lists of values are the same bytes. */
    private void put(Field<?> field) {
        int bytes = bytesOf(field);
        if (key.length < length + Integer.BYTES + bytes) {
            key = Arrays.copyOf(key, 2 * (length + Integer.BYTES + bytes));
        }
        putInt(scanned.has(field) ? bytes : -1);
        if (bytes == 0) {
            return;
        }
        if (field.kind() == Field.Kind.TEXT) {
            System.arraycopy(record, scanned.from(field), key, length, bytes);
            length += bytes;
        } else {
            putInt((int) scanned.bits(field));
        }
    }

    private int bytesOf(Field<?> field) {
        if (!scanned.has(field)) {
            return 0;
        }
        return field.kind() == Field.Kind.TEXT ? scanned.length(field) : Integer.BYTES;
    }

    private void putInt(int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            key[length++] = (byte) (value >>> shift);
        }
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
