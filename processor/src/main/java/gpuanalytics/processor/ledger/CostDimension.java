package gpuanalytics.processor.ledger;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What costs are grouped by. */
public enum CostDimension {
    MODEL,
    TEAM,
    USER,
    PROJECT,
    GPU,
    GPU_MODEL,
    HOST,
    NAMESPACE;

    /** The name in the API, such as {@code gpu_model}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether entries over all GPUs do not have it. */
    boolean isOfOneGpu() {
        return this == GPU || this == HOST;
    }

    @Nullable String value(EntryKey key) {
        return switch (this) {
            case MODEL -> key.group().model();
            case TEAM -> key.group().team();
            case USER -> key.group().user();
            case PROJECT -> key.group().project();
            case GPU -> key.gpu().name();
            case GPU_MODEL -> key.gpu().model();
            case HOST -> key.gpu().host();
            case NAMESPACE -> key.group().namespace();
        };
    }
}
