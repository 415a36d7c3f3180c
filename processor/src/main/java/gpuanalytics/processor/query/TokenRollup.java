package gpuanalytics.processor.query;

import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * A token rollup as it is stored: one at a time, and what is asked is that of the last one read.
 */
final class TokenRollup {

    private final StoredFields fields = new StoredFields();
    private final StoredFields.Field id = fields.field(StoreLayout.ID);
    private final StoredFields.Field bucket = fields.field(StoreLayout.BUCKET);
    private final StoredFields.Field folded = fields.field(StoreLayout.FOLDED);
    private final Map<TokenDimension, StoredFields.Field> labels =
            new EnumMap<>(TokenDimension.class);
    private final Map<TokenCounter, StoredFields.Field> counters =
            new EnumMap<>(TokenCounter.class);
    private final ReadingFields readings = new ReadingFields(fields, Measures.TOKEN);
    private Set<TokenDimension> foldedHere = Set.of();
    private Instant start = Instant.EPOCH;

    TokenRollup() {
        for (var dimension : TokenDimension.values()) {
            labels.put(dimension, fields.field(dimension.label()));
        }
        for (var counter : TokenCounter.values()) {
            counters.put(counter, fields.field(counter.field()));
        }
    }

    /** Takes the next one. */
    TokenRollup read(RawBsonDocument document) {
        fields.read(document);
        start = bucket.time();
        foldedHere =
                FoldedLabels.of(
                        folded.texts(), id.textAfter('|'), label(TokenDimension.GPU) != null);
        return this;
    }

    /** The start of its bucket. */
    Instant bucket() {
        return start;
    }

    /** The labels that stand for all values without room. */
    Set<TokenDimension> folded() {
        return foldedHere;
    }

    /** A label as it is stored; null where its usages have none. */
    @Nullable String label(TokenDimension dimension) {
        return Objects.requireNonNull(labels.get(dimension)).text();
    }

    /** 0 where it has none. */
    long count(TokenCounter counter) {
        return Objects.requireNonNull(counters.get(counter)).integer();
    }

    ReadingFields readings() {
        return readings;
    }
}
