package gpuanalytics.processor.decode;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What an event is labelled with: whom and what it is about. Immutable, and shared by the events
 * that have the same labels.
 */
public final class Labels {

    private static final List<Field<?>> OF_SAMPLES =
            List.of(
                    GpuMetric.MIG_ID,
                    GpuMetric.HOST,
                    GpuMetric.GPU_INDEX,
                    GpuMetric.GPU_UUID,
                    GpuMetric.NAME,
                    GpuMetric.NODE,
                    GpuMetric.NAMESPACE,
                    GpuMetric.POD,
                    GpuMetric.TEAM);

    private static final List<Field<?>> OF_USAGES =
            List.of(
                    TokenUsage.MODEL,
                    TokenUsage.TEAM,
                    TokenUsage.USER,
                    TokenUsage.PROJECT,
                    TokenUsage.PROVIDER,
                    TokenUsage.OPERATION,
                    TokenUsage.NAMESPACE,
                    TokenUsage.POD);

    /** How many labels a usage had at first; a raw document of then counts by these alone. */
    private static final int FIRST_OF_USAGES = 4;

    private final EventTopic topic;
    private final @Nullable String gpu;
    private final @Nullable Object[] values;
    private final String series;
    private final long seriesHash;

    /** What it was folded into last: events with the same labels are folded alike. */
    private @Nullable Folded lastFolded;

    private record Folded(Overflow overflow, Labels labels) {}

    /** The value of a field: text, a whole number, or null where it is absent. */
    @FunctionalInterface
    interface Source {
        @Nullable Object get(Field<?> field);
    }

    private Labels(EventTopic topic, @Nullable String gpu, @Nullable Object[] values) {
        this(topic, gpu, values, "");
    }

    private Labels(
            EventTopic topic, @Nullable String gpu, @Nullable Object[] values, String prefix) {
        this.topic = topic;
        this.gpu = gpu;
        this.values = values;
        this.series =
                switch (topic) {
                    case GPU_METRICS -> SeriesKey.ofGpu(requireGpu(), (String) values[0]);
                    case TOKEN_USAGE -> prefix + SeriesKey.of(parts());
                };
        this.seriesHash = SeriesKey.hash(series);
    }

    static Labels of(EventTopic topic, @Nullable String gpu, Source source) {
        var fields = fields(topic);
        var values = new @Nullable Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = source.get(fields.get(i));
        }
        return new Labels(topic, gpu, values);
    }

    /** The labels of an event. */
    static Labels of(Event event) {
        var gpu = event.gpu();
        return of(event.topic(), gpu == null ? null : gpu.key(), event::get);
    }

    /** The fields of an event that are labels; its GPU's key is one beside them. */
    public static List<Field<?>> fields(EventTopic topic) {
        return switch (topic) {
            case GPU_METRICS -> OF_SAMPLES;
            case TOKEN_USAGE -> OF_USAGES;
        };
    }

    /**
     * The labels that were added after the first raw documents had been stored. A document with one
     * of them says so by {@link StoreLayout#SERIES_BY}; one without that mark counts as it did when
     * it was stored, see {@link #atFirst}.
     */
    static List<Field<?>> added(EventTopic topic) {
        return switch (topic) {
            case GPU_METRICS -> List.of();
            case TOKEN_USAGE -> OF_USAGES.subList(FIRST_OF_USAGES, OF_USAGES.size());
        };
    }

    /** The labels of a raw document that is older than {@link #added} ones. */
    Labels atFirst() {
        var later = added(topic);
        return later.stream().allMatch(field -> values[fields(topic).indexOf(field)] == null)
                ? this
                : of(
                        topic,
                        gpu,
                        field ->
                                later.contains(field)
                                        ? null
                                        : values[fields(topic).indexOf(field)]);
    }

    /** The names of all labels in a document. */
    public static List<String> names(EventTopic topic) {
        var names = new ArrayList<String>();
        names.add(StoreLayout.GPU);
        fields(topic).forEach(field -> names.add(field.name()));
        return names;
    }

    public EventTopic topic() {
        return topic;
    }

    /** The GPU's key; null where the event names none. */
    public @Nullable String gpu() {
        return gpu;
    }

    /** The value of a label, a text or a whole number; null where it is absent. */
    public @Nullable Object get(Field<?> label) {
        var fields = fields(topic);
        for (int i = 0; i < values.length; i++) {
            var field = fields.get(i);
            // fields are long to compare, and nearly all of them differ in this
            if (field.index() == label.index() && field.equals(label)) {
                return values[i];
            }
        }
        return null;
    }

    /** These labels without those that are folded, under a series of their own. */
    public Labels folding(Overflow overflow) {
        var last = lastFolded;
        if (last == null || last.overflow != overflow) {
            var kept = values.clone();
            for (int i = 0; i < kept.length; i++) {
                kept[i] = overflow.folds(i) ? null : kept[i];
            }
            var prefix = SeriesKey.foldedPrefix(overflow.foldedNames());
            last = new Folded(overflow, new Labels(topic, gpu, kept, prefix));
            lastFolded = last;
        }
        return last.labels;
    }

    /** The name of the series within a bucket. */
    public String series() {
        return series;
    }

    /** A hash of {@link #series}, the same in every process. */
    public long seriesHash() {
        return seriesHash;
    }

    /** Takes a label. */
    @FunctionalInterface
    public interface Each {

        /**
         * One of them.
         *
         * @param value a text or a whole number
         */
        void label(String name, Object value);
    }

    /** The labels as elements of a document, absent ones left out. */
    public BsonDocument toBson() {
        var document = new BsonDocument();
        forEach((name, value) -> document.append(name, bson(value)));
        return document;
    }

    /** Tells each label as an element of a document, absent ones left out. */
    public void forEach(Each each) {
        var fields = fields(topic);
        if (topic == EventTopic.GPU_METRICS && gpu != null) {
            each.label(StoreLayout.GPU, gpu);
        }
        for (int i = 0; i < values.length; i++) {
            var value = values[i];
            if (value != null) {
                each.label(fields.get(i).name(), value);
            }
        }
        if (topic == EventTopic.TOKEN_USAGE && gpu != null) {
            each.label(StoreLayout.GPU, gpu);
        }
    }

    private String requireGpu() {
        if (gpu == null) {
            throw new IllegalStateException("a sample without a GPU");
        }
        return gpu;
    }

    /**
     * What tells the series of usages apart. Added labels stand behind the GPU and only as far as
     * there are any: a series without them has the name that it had before there were.
     */
    private List<@Nullable String> parts() {
        int last = values.length;
        while (last > FIRST_OF_USAGES && values[last - 1] == null) {
            last--;
        }
        var parts = new ArrayList<@Nullable String>(last + 1);
        for (int i = 0; i < last; i++) {
            if (i == FIRST_OF_USAGES) {
                parts.add(gpu);
            }
            parts.add((String) values[i]);
        }
        if (last == FIRST_OF_USAGES) {
            parts.add(gpu);
        }
        return parts;
    }

    private static BsonValue bson(Object value) {
        return switch (value) {
            case String text -> new BsonString(text);
            case Long number -> new BsonInt64(number);
            default -> throw new IllegalStateException("a label is a " + value.getClass());
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Labels labels
                && topic == labels.topic
                && series.equals(labels.series)
                && Arrays.equals(values, labels.values)
                && java.util.Objects.equals(gpu, labels.gpu);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(seriesHash);
    }

    @Override
    public String toString() {
        return topic.defaultName() + toBson();
    }
}
