package gpuanalytics.processor.decode;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Under which series an event counts: its own, or one in which some of its labels are folded, that
 * is, stand for all values that have no room of their own. Decided once, before its raw document is
 * stored, and stored with it under {@link StoreLayout#OVERFLOW}. There is one of each kind, so that
 * {@code ==} compares them.
 */
public final class Overflow {

    private static final List<Field<?>> LABELS = Labels.fields(EventTopic.TOKEN_USAGE);
    private static final int ALL_LABELS = (1 << LABELS.size()) - 1;
    private static final int GPU_TOO = 1 << LABELS.size();

    /** By which labels they fold, the GPU not among them. */
    private static final List<Overflow> BY_LABELS =
            IntStream.rangeClosed(0, ALL_LABELS).mapToObj(Overflow::new).toList();

    /** Under its own. */
    public static final Overflow NONE = BY_LABELS.getFirst();

    /** Under {@link StoreLayout#OTHER} of its GPU, so that its tokens can be charged to a GPU. */
    public static final Overflow OTHER_OF_GPU = BY_LABELS.getLast();

    /** Under {@link StoreLayout#OTHER}. */
    public static final Overflow OTHER = new Overflow(ALL_LABELS | GPU_TOO);

    private static final BsonString OF_GPU = new BsonString(StoreLayout.GPU);

    private final int folded;
    private final List<String> names;

    private Overflow(int folded) {
        this.folded = folded;
        this.names = names(folded);
    }

    /** This one with one more label folded. */
    public Overflow and(Field<?> label) {
        int place = LABELS.indexOf(label);
        if (place < 0 || this == OTHER) {
            throw new IllegalArgumentException(label + " cannot be folded into " + this);
        }
        return BY_LABELS.get(folded | 1 << place);
    }

    /** Whether a label of usages, by its place among them, is folded. */
    boolean folds(int label) {
        return (folded & 1 << label) != 0;
    }

    /** The names of the folded labels, in one order. */
    public List<String> foldedNames() {
        return names;
    }

    /** What a raw document says; it says nothing of an event that counts under its own series. */
    static Overflow of(@Nullable BsonValue mark) {
        return switch (mark) {
            case null -> NONE;
            case BsonArray labels -> named(labels);
            default -> mark.equals(OF_GPU) ? OTHER_OF_GPU : OTHER;
        };
    }

    private static Overflow named(BsonArray names) {
        int folded = 0;
        for (int label = 0; label < LABELS.size(); label++) {
            if (names.contains(new BsonString(LABELS.get(label).name()))) {
                folded |= 1 << label;
            }
        }
        return BY_LABELS.get(folded);
    }

    /** What the raw document says; null for nothing. */
    @Nullable BsonValue mark() {
        if (this == NONE) {
            return null;
        }
        if (this == OTHER) {
            return BsonBoolean.TRUE;
        }
        return this == OTHER_OF_GPU ? OF_GPU : new BsonArray(texts());
    }

    /** The series that an event with these labels counts under. */
    public String series(Labels labels) {
        if (this == NONE) {
            return labels.series();
        }
        if (this == OTHER) {
            return SeriesKey.other();
        }
        return this == OTHER_OF_GPU
                ? SeriesKey.otherOf(labels.gpu())
                : labels.folding(this).series();
    }

    /** The labels of the rollup documents of that series. */
    public BsonDocument labels(Labels labels) {
        if (this == NONE) {
            return labels.toBson();
        }
        var document =
                this == OTHER || this == OTHER_OF_GPU
                        ? other(labels)
                        : labels.folding(this).toBson();
        return switch (labels.topic()) {
            case GPU_METRICS -> document;
            case TOKEN_USAGE -> document.append(StoreLayout.FOLDED, new BsonArray(texts()));
        };
    }

    private BsonDocument other(Labels labels) {
        // the label that every event of a topic has
        var name =
                switch (labels.topic()) {
                    case GPU_METRICS -> GpuMetric.NAME.name();
                    case TOKEN_USAGE -> TokenUsage.MODEL.name();
                };
        var document = new BsonDocument(name, new BsonString(StoreLayout.OTHER));
        var gpu = labels.gpu();
        return this == OTHER || gpu == null
                ? document
                : document.append(StoreLayout.GPU, new BsonString(gpu));
    }

    private List<BsonString> texts() {
        return names.stream().map(BsonString::new).toList();
    }

    private static List<String> names(int folded) {
        var names = new ArrayList<String>();
        for (int label = 0; label < LABELS.size(); label++) {
            if ((folded & 1 << label) != 0) {
                names.add(LABELS.get(label).name());
            }
        }
        if ((folded & GPU_TOO) != 0) {
            names.add(StoreLayout.GPU);
        }
        return List.copyOf(names);
    }

    @Override
    public String toString() {
        return "folding " + names;
    }
}
