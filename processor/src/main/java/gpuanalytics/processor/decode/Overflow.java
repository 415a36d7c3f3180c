package gpuanalytics.processor.decode;

import gpuanalytics.processor.store.StoreLayout;
import org.bson.BsonBoolean;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Under which series an event counts. Decided once, before its raw document is stored, and stored
 * with it under {@link StoreLayout#OVERFLOW}.
 */
public enum Overflow {
    /** Under its own. */
    NONE,
    /** Under {@link StoreLayout#OTHER} of its GPU, so that its tokens can be charged to a GPU. */
    OTHER_OF_GPU,
    /** Under {@link StoreLayout#OTHER}. */
    OTHER;

    private static final BsonString OF_GPU = new BsonString(StoreLayout.GPU);

    /** What a raw document says; it says nothing of an event that counts under its own series. */
    static Overflow of(@Nullable BsonValue mark) {
        if (mark == null) {
            return NONE;
        }
        return mark.equals(OF_GPU) ? OTHER_OF_GPU : OTHER;
    }

    /** What the raw document says; null for nothing. */
    @Nullable BsonValue mark() {
        return switch (this) {
            case NONE -> null;
            case OTHER_OF_GPU -> OF_GPU;
            case OTHER -> BsonBoolean.TRUE;
        };
    }

    /** The series that an event with these labels counts under. */
    public String series(Labels labels) {
        return switch (this) {
            case NONE -> labels.series();
            case OTHER_OF_GPU -> SeriesKey.otherOf(labels.gpu());
            case OTHER -> SeriesKey.other();
        };
    }
}
