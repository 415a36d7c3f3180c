package gpuanalytics.processor.rollup;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.Arrays;
import org.bson.BsonInt64;
import org.bson.BsonReader;
import org.bson.BsonString;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * What a rollup needs of one raw document. Read from the document alone, whether it is just being
 * stored or comes back from the store, so that both give the same sums.
 */
final class Facts {

    private static final int MILLIS_PER_SECOND = 1000;
    private static final int NANOS_PER_MILLI = 1_000_000;

    private final RollupKind kind;
    private final double[] values;
    private final @Nullable BsonValue[] labels;
    private long tsMillis;
    private int tsNanos;
    private double intervalS = Double.NaN;
    private double xid = Double.NaN;
    private boolean failed;
    private boolean overflow;

    private Facts(RollupKind kind) {
        this.kind = kind;
        this.values = new double[kind.measures().size()];
        Arrays.fill(values, Double.NaN);
        this.labels = new BsonValue[kind.labels().size()];
    }

    /** Reads a raw document. */
    static Facts of(RollupKind kind, RawBsonDocument document) {
        var facts = new Facts(kind);
        try (var reader = document.asBsonReader()) {
            reader.readStartDocument();
            while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                facts.read(reader, reader.readName());
            }
        }
        return facts;
    }

    RollupKind kind() {
        return kind;
    }

    long epochSecond() {
        return Math.floorDiv(tsMillis, MILLIS_PER_SECOND);
    }

    long epochNanos() {
        return tsMillis * NANOS_PER_MILLI + tsNanos;
    }

    /** The value of a measure; NaN where it is absent. */
    double value(int measure) {
        return values[measure];
    }

    /** The time that a sample stands for, in seconds; NaN where it does not say. */
    double intervalS() {
        return intervalS;
    }

    /** The XID code of a sample; NaN where it has none. */
    double xid() {
        return xid;
    }

    /** Whether a usage ended in an error. */
    boolean failed() {
        return failed;
    }

    /** Whether it counts under {@code other}. */
    boolean overflow() {
        return overflow;
    }

    /** The value of a label; null where it is absent. */
    @Nullable BsonValue label(int label) {
        return labels[label];
    }

    /** The name of its series within a bucket, were it not to count under {@code other}. */
    String series() {
        return switch (kind) {
            case GPU -> gpuSeries();
            case TOKEN -> {
                var parts = new ArrayList<@Nullable String>(labels.length);
                for (var label : labels) {
                    parts.add(text(label));
                }
                yield SeriesKey.of(parts);
            }
        };
    }

    private String gpuSeries() {
        var gpu = text(labels[0]);
        if (gpu == null) {
            throw new IllegalStateException("a sample without a GPU");
        }
        var mig = text(labels[1]);
        return mig == null ? gpu : gpu + "#" + mig;
    }

    private static @Nullable String text(@Nullable BsonValue label) {
        return label == null ? null : label.asString().getValue();
    }

    private void read(BsonReader reader, String name) {
        var measure = kind.measure(name);
        if (measure != null) {
            values[measure] = number(reader);
            return;
        }
        var label = kind.label(name);
        if (label != null) {
            labels[label] =
                    reader.getCurrentBsonType() == BsonType.STRING
                            ? new BsonString(reader.readString())
                            : new BsonInt64(reader.readInt64());
            return;
        }
        if (name.equals(StoreLayout.TS)) {
            tsMillis = reader.readDateTime();
        } else if (name.equals(StoreLayout.TS_NANOS)) {
            tsNanos = reader.readInt32();
        } else if (name.equals(GpuMetric.INTERVAL_S.name())) {
            intervalS = number(reader);
        } else if (name.equals(GpuMetric.XID.name())) {
            xid = number(reader);
        } else if (name.equals(TokenUsage.ERROR_TYPE.name())) {
            reader.skipValue();
            failed = true;
        } else if (name.equals(StoreLayout.OVERFLOW)) {
            overflow = reader.readBoolean();
        } else {
            reader.skipValue();
        }
    }

    private static double number(BsonReader reader) {
        return reader.getCurrentBsonType() == BsonType.DOUBLE
                ? reader.readDouble()
                : reader.readInt64();
    }
}
