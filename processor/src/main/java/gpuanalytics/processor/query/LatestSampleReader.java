package gpuanalytics.processor.query;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bson.Document;

/** Reads documents of {@link StoreLayout#GPU_LATEST}. */
final class LatestSampleReader {

    private LatestSampleReader() {}

    static LatestSample read(Document latest, Instant now) {
        var stored = latest.get(StoreLayout.SAMPLE, Document.class);
        var builder = Event.builder(EventTopic.GPU_METRICS);
        for (var field : EventTopic.GPU_METRICS.fields().fields()) {
            set(builder, field, stored);
        }
        var sample = builder.set(GpuMetric.TS, time(stored)).build();
        return new LatestSample(
                stored.getString(StoreLayout.GPU),
                sample,
                Duration.between(sample.ts(), now),
                stored.getList(StoreLayout.PODS, String.class, List.of()),
                null);
    }

    private static <T> void set(Event.Builder builder, Field<T> field, Document stored) {
        var value = stored.get(field.name());
        if (value != null && field.kind() != Field.Kind.TIME) {
            builder.set(field, field.type().cast(converted(field.kind(), value)));
        }
    }

    /** Numbers may come back in another width than they were stored with. */
    private static Object converted(Field.Kind kind, Object value) {
        return switch (kind) {
            case INTEGER -> ((Number) value).longValue();
            case NUMBER -> ((Number) value).doubleValue();
            case TEXT, FLAG, TIME -> value;
        };
    }

    private static Instant time(Document stored) {
        return stored.getDate(StoreLayout.TS)
                .toInstant()
                .plusNanos(stored.getInteger(StoreLayout.TS_NANOS, 0));
    }
}
