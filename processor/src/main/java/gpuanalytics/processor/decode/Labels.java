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
            List.of(TokenUsage.MODEL, TokenUsage.TEAM, TokenUsage.USER, TokenUsage.PROJECT);

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
            if (fields.get(i).equals(label)) {
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

    /** The labels as elements of a document, absent ones left out. */
    public BsonDocument toBson() {
        var document = new BsonDocument();
        var fields = fields(topic);
        if (topic == EventTopic.GPU_METRICS && gpu != null) {
            document.append(StoreLayout.GPU, new BsonString(gpu));
        }
        for (int i = 0; i < values.length; i++) {
            var value = values[i];
            if (value != null) {
                document.append(fields.get(i).name(), bson(value));
            }
        }
        if (topic == EventTopic.TOKEN_USAGE && gpu != null) {
            document.append(StoreLayout.GPU, new BsonString(gpu));
        }
        return document;
    }

    private String requireGpu() {
        if (gpu == null) {
            throw new IllegalStateException("a sample without a GPU");
        }
        return gpu;
    }

    /** What tells the series of usages apart. */
    private List<@Nullable String> parts() {
        var parts = new ArrayList<@Nullable String>(values.length + 1);
        for (var value : values) {
            parts.add((String) value);
        }
        parts.add(gpu);
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
