package gpuanalytics.event;

import org.jspecify.annotations.Nullable;

/**
 * Which GPU: its UUID, else its host and number. Also the record key of everything about it, so
 * that one GPU's samples and usages meet in the same partition.
 *
 * <p>Two GPUs never share a key. The names that machines and drivers give stand in it as they are;
 * only one that could be taken for another is escaped by a backslash: a host with a slash, a UUID
 * that reads like {@code host/gpu_index}, and whatever has a backslash itself.
 *
 * @param key {@code gpu_uuid}, else {@code host/gpu_index}
 */
public record GpuId(String key) {

    private static final char ESCAPE = '\\';
    private static final char INDEX = '/';

    /** Stands between a GPU and its MIG instance. */
    public static final char INSTANCE = '#';

    /** The GPU these fields name, or null where they name none. */
    public static @Nullable GpuId of(
            @Nullable String uuid, @Nullable String host, @Nullable Long index) {
        if (uuid != null) {
            return new GpuId(isPlainUuid(uuid) ? uuid : escape(uuid));
        }
        return host != null && index != null ? new GpuId(escape(host) + INDEX + index) : null;
    }

    /**
     * The name of one MIG instance of a GPU, or of the whole GPU: {@code <key>[#<MIG id>]}. Two of
     * them never share a name.
     *
     * @param key the GPU's key
     * @param mig the instance's number, or null for the whole GPU
     */
    public static String instance(String key, @Nullable String mig) {
        var gpu =
                key.indexOf(INSTANCE) < 0
                        ? key
                        : key.replace(String.valueOf(INSTANCE), "" + ESCAPE + INSTANCE);
        return mig == null ? gpu : gpu + INSTANCE + mig;
    }

    /** Whether a UUID can be no other GPU's key: a host's key has one slash, then digits. */
    private static boolean isPlainUuid(String uuid) {
        if (uuid.indexOf(ESCAPE) >= 0) {
            return false;
        }
        int slash = uuid.indexOf(INDEX);
        return slash < 0
                || slash == uuid.length() - 1
                || !uuid.chars().skip(slash + 1L).allMatch(GpuId::isDigit);
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    private static String escape(String name) {
        if (name.indexOf(ESCAPE) < 0 && name.indexOf(INDEX) < 0) {
            return name;
        }
        var escaped = new StringBuilder(name.length() + 8);
        for (int i = 0; i < name.length(); i++) {
            var next = name.charAt(i);
            if (next == ESCAPE || next == INDEX) {
                escaped.append(ESCAPE);
            }
            escaped.append(next);
        }
        return escaped.toString();
    }

    @Override
    public String toString() {
        return key;
    }
}
