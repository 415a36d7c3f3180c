package gpuanalytics.producer.translate;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.Field.Aggregation;
import gpuanalytics.event.GpuMetric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The series of one exporter at one time, as samples: names and values as the contract knows them,
 * with the units of their names. Understands dcgm-exporter in both dialects and AMD's exporter.
 *
 * <p>A time-sliced GPU has one sample for each pod, all with the same readings.
 */
public final class GpuSamples {

    /** An exporter may not know the model, without which there is no sample. */
    public static final String UNKNOWN = "unknown";

    /** A percentage in DCGM 4.6, a ratio since 4.7. */
    private static final String RATIO = "DCGM_FI_DEV_GPU_UTIL_RATIO";

    private static final String PERCENT = "DCGM_FI_DEV_GPU_UTIL";

    /** A rounding error beyond this is none. */
    private static final double LARGEST_RATIO = 1.05;

    private static final Set<String> NEW_NAMES =
            Set.of(
                    "DCGM_FI_DEV_FB_USED_BYTES",
                    "DCGM_FI_DEV_FB_FREE_BYTES",
                    "DCGM_FI_DEV_FB_CAPACITY_BYTES",
                    "DCGM_FI_DEV_GPU_ENERGY_JOULES_TOTAL",
                    "DCGM_FI_DEV_SM_CLOCK_HERTZ",
                    "DCGM_FI_DEV_MEMORY_CLOCK_HERTZ");

    private static final Set<Field<?>> LABELS =
            Set.of(
                    GpuMetric.HOST,
                    GpuMetric.GPU_INDEX,
                    GpuMetric.GPU_UUID,
                    GpuMetric.MIG_ID,
                    GpuMetric.MIG_PROFILE,
                    GpuMetric.NAME,
                    GpuMetric.NODE,
                    GpuMetric.NAMESPACE,
                    GpuMetric.POD,
                    GpuMetric.CONTAINER,
                    GpuMetric.TEAM);

    private static final Set<String> HOLDER =
            Set.of(GpuMetric.NAMESPACE.name(), GpuMetric.POD.name(), GpuMetric.CONTAINER.name());

    /** What Prometheus puts before a label of the exporter that it has given a name itself. */
    private static final String EXPORTED = "exported_";

    private static final Set<String> EXPORTERS =
            Set.of("exporter", "dcgm-exporter", "nvidia-dcgm-exporter");

    private final Map<Gpu, Readings> gpus = new LinkedHashMap<>();
    private final Map<String, String> uuids = new LinkedHashMap<>();
    private final List<@Nullable Origin> origins = new ArrayList<>();
    private final Set<Series> summed = new HashSet<>();
    private final boolean isPercent;

    private GpuSamples(List<Series> all) {
        this.isPercent = isPercent(all);
        var labels = all.stream().map(series -> labels(series.labels())).toList();
        labels.forEach(this::learn);
        for (int i = 0; i < all.size(); i++) {
            origins.add(add(all.get(i), labels.get(i)));
        }
    }

    /**
     * What samples there are, and what was no part of them.
     *
     * @param values of each sample, without time and interval
     * @param places of each series: that of its pod's sample, or of the first one of its GPU;
     *     {@link #NO_GPU} where it tells of none
     * @param contradicting how many readings two pods on one GPU disagree about
     */
    public record Found(List<Map<String, Object>> values, List<Integer> places, int contradicting) {

        /** The place of a series that is part of no sample. */
        public static final int NO_GPU = -1;
    }

    /** A GPU, or a MIG instance; its place where it has no UUID. */
    private record Gpu(String identity, String mig) {}

    private record Holder(String namespace, String pod, String container) {

        static Holder of(Map<String, String> labels) {
            return new Holder(
                    labels.getOrDefault(GpuMetric.NAMESPACE.name(), ""),
                    labels.getOrDefault(GpuMetric.POD.name(), ""),
                    labels.getOrDefault(GpuMetric.CONTAINER.name(), ""));
        }
    }

    /** Whose series it was. */
    private record Origin(Readings readings, Holder holder) {

        int place() {
            return readings.places.getOrDefault(holder, readings.firstPlace);
        }
    }

    private static final class Readings {
        private final Map<String, String> labels = new LinkedHashMap<>();
        private final Map<Holder, Map<String, String>> holders = new LinkedHashMap<>();
        private final Map<String, Map<Holder, Double>> values = new LinkedHashMap<>();
        private final Map<Holder, Integer> places = new HashMap<>();
        private int firstPlace;
    }

    /** Whether a metric is a reading of a GPU. */
    public static boolean isReading(String metric) {
        if (!metric.startsWith("DCGM_") && !metric.startsWith("gpu_")) {
            return false;
        }
        var named = EventTopic.GPU_METRICS.fields().find(metric);
        return named != null && named.alias() != null && isReading(named.field());
    }

    private static boolean isReading(Field<?> field) {
        return field.aggregation() != Aggregation.NONE
                || field.equals(GpuMetric.XID)
                || field.equals(GpuMetric.XID_ERRORS_TOTAL);
    }

    /** The samples that the readings of one exporter at one time make. */
    public static Found of(List<Series> readings) {
        return new GpuSamples(readings).found();
    }

    /** One exporter means one thing by the name: what it cannot be for one GPU it is for none. */
    private static boolean isPercent(List<Series> all) {
        var ratios = all.stream().filter(series -> series.name().equals(RATIO)).toList();
        if (ratios.stream().anyMatch(ratio -> ratio.value() > LARGEST_RATIO)) {
            return true;
        }
        boolean isWhole = ratios.stream().allMatch(ratio -> ratio.value() % 1 == 0);
        boolean hasOld = all.stream().anyMatch(series -> isOldName(series.name()));
        boolean hasNew = all.stream().anyMatch(series -> NEW_NAMES.contains(series.name()));
        return isWhole && hasOld && !hasNew;
    }

    /** Those that 4.7 still has keep their units, but an exporter shows one kind. */
    private static boolean isOldName(String name) {
        return name.equals("DCGM_FI_DEV_FB_USED")
                || name.equals("DCGM_FI_DEV_SM_CLOCK")
                || name.equals("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION");
    }

    private static Map<String, String> labels(Map<String, String> said) {
        var labels = new LinkedHashMap<String, String>();
        var ranks = new LinkedHashMap<String, Integer>();
        said.forEach(
                (name, value) -> {
                    var named = EventTopic.GPU_METRICS.fields().find(name);
                    if (named == null
                            || !LABELS.contains(named.field())
                            || (named.field().equals(GpuMetric.GPU_INDEX) && !isIndex(value))) {
                        return;
                    }
                    var field = named.field().name();
                    int rank = name.startsWith(EXPORTED) ? -1 : named.rank();
                    if (rank < ranks.getOrDefault(field, Integer.MAX_VALUE)) {
                        ranks.put(field, rank);
                        labels.put(field, value);
                    }
                });
        dropExporter(said, labels);
        return labels;
    }

    private static boolean isIndex(String value) {
        return value.length() <= 4 && value.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Prometheus names the exporter's own pod, unless the exporter has named the holder's. */
    private static void dropExporter(Map<String, String> said, Map<String, String> labels) {
        boolean isExported = said.keySet().stream().anyMatch(name -> name.startsWith(EXPORTED));
        if (isExported) {
            HOLDER.stream()
                    .filter(name -> !said.containsKey(EXPORTED + name))
                    .forEach(labels::remove);
            return;
        }
        var container = labels.getOrDefault(GpuMetric.CONTAINER.name(), "");
        var pod = labels.getOrDefault(GpuMetric.POD.name(), "");
        if (EXPORTERS.contains(container)
                || EXPORTERS.stream().anyMatch(name -> pod.startsWith(name + "-"))) {
            HOLDER.forEach(labels::remove);
        }
    }

    private void learn(Map<String, String> labels) {
        var uuid = labels.get(GpuMetric.GPU_UUID.name());
        var place = place(labels);
        if (uuid != null && place != null) {
            uuids.putIfAbsent(place, uuid);
        }
    }

    private static @Nullable String place(Map<String, String> labels) {
        var index = labels.get(GpuMetric.GPU_INDEX.name());
        return index == null ? null : labels.getOrDefault(GpuMetric.HOST.name(), "") + "/" + index;
    }

    /** Its UUID, also where only another series of its place has it; else its place. */
    private @Nullable String identity(Map<String, String> labels) {
        var uuid = labels.get(GpuMetric.GPU_UUID.name());
        var place = place(labels);
        if (uuid != null || place == null) {
            return uuid;
        }
        var known = uuids.get(place);
        return known == null ? place : known;
    }

    private @Nullable Origin add(Series series, Map<String, String> labels) {
        var identity = identity(labels);
        if (identity == null) {
            return null;
        }
        var gpu = new Gpu(identity, labels.getOrDefault(GpuMetric.MIG_ID.name(), ""));
        var readings = gpus.computeIfAbsent(gpu, _ -> new Readings());
        var held = held(labels);
        labels.forEach(
                (name, value) -> {
                    if (!held.containsKey(name)) {
                        readings.labels.putIfAbsent(name, value);
                    }
                });
        var holder = Holder.of(held);
        if (!held.isEmpty()) {
            readings.holders.putIfAbsent(holder, held);
        }
        // a code's series that comes twice is not another code's
        if (Double.isFinite(series.value()) && (!isSummed(series) || summed.add(series))) {
            readings.values
                    .computeIfAbsent(metric(series), _ -> new LinkedHashMap<>())
                    .merge(holder, series.value(), (before, now) -> both(series, before, now));
        }
        return new Origin(readings, holder);
    }

    /** Who holds the GPU, if anybody, and the team, which without a pod is the GPU's. */
    private static Map<String, String> held(Map<String, String> labels) {
        var held = new LinkedHashMap<>(labels);
        held.keySet().retainAll(HOLDER);
        var team = labels.get(GpuMetric.TEAM.name());
        if (!held.isEmpty() && team != null) {
            held.put(GpuMetric.TEAM.name(), team);
        }
        return held;
    }

    private String metric(Series series) {
        return isPercent && series.name().equals(RATIO) ? PERCENT : series.name();
    }

    /** A counter of errors has a series for each code; other series come once. */
    private static double both(Series series, double before, double now) {
        return isSummed(series) ? before + now : before;
    }

    private static boolean isSummed(Series series) {
        return series.name().endsWith("_XID_ERRORS_TOTAL");
    }

    private Found found() {
        var all = new ArrayList<Map<String, Object>>();
        int contradicting = 0;
        for (var readings : gpus.values()) {
            var values = new LinkedHashMap<String, Object>(readings.labels);
            values.putIfAbsent(GpuMetric.NAME.name(), UNKNOWN);
            for (var reading : readings.values.entrySet()) {
                var distinct = Set.copyOf(reading.getValue().values());
                if (distinct.size() == 1) {
                    values.put(reading.getKey(), EventWriter.number(distinct.iterator().next()));
                } else {
                    contradicting++;
                }
            }
            readings.firstPlace = all.size();
            if (readings.holders.isEmpty()) {
                all.add(values);
            }
            readings.holders.forEach(
                    (holder, held) -> {
                        readings.places.put(holder, all.size());
                        var ofPod = new LinkedHashMap<>(values);
                        ofPod.putAll(held);
                        all.add(ofPod);
                    });
        }
        var places = origins.stream().map(from -> from == null ? Found.NO_GPU : from.place());
        return new Found(all, places.toList(), contradicting);
    }
}
