package gpuanalytics.placement.feature;

import java.util.List;
import java.util.Locale;

/**
 * What a prediction is made from, in the order of the forest's columns. "Run" is an observed window
 * of the same workload (namespace, workload, team, model and image) that ended before the moment of
 * the prediction.
 */
public enum Feature {
    REQUEST_CPU("millicores", "CPU that the pod asks for"),
    REQUEST_MEMORY("MiB", "memory that the pod asks for"),
    GPU_MILLI("thousandths of a GPU", "what the pod asks of each of its GPUs"),
    NUM_GPU("GPUs", "on how many GPUs it asks for that"),
    GPU_MODEL("name", "GPU model that it asks for or runs on"),
    HOUR_OF_DAY("hour, UTC", "hour of the moment of the prediction"),
    MEDIAN_UTILIZATION("ratio", "median of the p95 utilisation of the last ten runs"),
    LAST_UTILIZATION("ratio", "p95 utilisation of the last run"),
    UTILIZATION_DEVIATION(
            "ratio", "standard deviation of the p95 utilisation of the last ten runs; two or more"),
    PEAK_MEMORY_RATIO(
            "ratio", "highest GPU memory of the last ten runs, of the memory of the GPU it was on"),
    FAILURE_RATE("per day", "restarts and XID errors of its runs in the last 7 days"),
    NODE_POWER_PER_BUSY_SECOND(
            "J/s", "energy of the node's runs in the last 7 days per busy GPU second, in tens"),
    NODE_FRAGMENT(
            "GPUs",
            "free GPUs of the node, as it is without the pod, that typical requests cannot use"
                    + " (FGD's measure), in quarters");

    /** All of them, in the order of the forest's columns. */
    public static final List<Feature> ALL = List.of(values());

    private final String unit;
    private final String meaning;

    Feature(String unit, String meaning) {
        this.unit = unit;
        this.meaning = meaning;
    }

    /** Its name in answers, such as {@code request_cpu}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its place among the forest's columns. */
    @SuppressWarnings("EnumOrdinal") // the order of the table is that of the columns
    public int column() {
        return ordinal();
    }

    public String unit() {
        return unit;
    }

    public String meaning() {
        return meaning;
    }

    /** Whether its values are names without an order. */
    public boolean isCategory() {
        return this == GPU_MODEL;
    }

    /** Which columns are names without an order. */
    public static boolean[] categories() {
        var categories = new boolean[ALL.size()];
        for (var feature : ALL) {
            categories[feature.column()] = feature.isCategory();
        }
        return categories;
    }
}
