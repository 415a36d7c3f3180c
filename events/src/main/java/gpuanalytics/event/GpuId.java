package gpuanalytics.event;

import org.jspecify.annotations.Nullable;

/**
 * Which GPU: its UUID, else its host and number. Also the record key of everything about it, so
 * that one GPU's samples and usages meet in the same partition.
 *
 * @param key {@code gpu_uuid}, else {@code host/gpu_index}
 */
public record GpuId(String key) {

    /** The GPU these fields name, or null where they name none. */
    public static @Nullable GpuId of(
            @Nullable String uuid, @Nullable String host, @Nullable Long index) {
        if (uuid != null) {
            return new GpuId(uuid);
        }
        return host != null && index != null ? new GpuId(host + "/" + index) : null;
    }

    @Override
    public String toString() {
        return key;
    }
}
