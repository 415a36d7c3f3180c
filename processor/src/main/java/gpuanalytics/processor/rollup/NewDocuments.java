package gpuanalytics.processor.rollup;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Guesses which rollup documents are not in the store yet: those of a bucket later than all that
 * their partition has brought so far. They are inserted, which costs less than an update that finds
 * out for itself.
 *
 * <p>Nothing depends on it but time: an insert of what is there fails and changes nothing, and the
 * guarded update follows. Where that happens often, as where a series comes from several
 * partitions, it stops guessing for a while.
 */
final class NewDocuments {

    /** One of so many inserts may find a document. */
    private static final int ACCEPTED = 8;

    /** How many flushes it stops for. */
    private static final int PAUSE = 100;

    /**
     * Updates in the order that they came in.
     *
     * @param made of documents that are likely not there
     * @param changed of all others
     */
    record Split(List<PendingUpdate> made, List<PendingUpdate> changed) {}

    /** The latest bucket that each partition has brought. */
    private final Map<String, Map<Granularity, Long>> latest = new HashMap<>();

    /** How many flushes each collection still waits. */
    private final Map<String, Integer> pauses = new HashMap<>();

    /**
     * Splits the updates of a flush.
     *
     * @param updates in the order of their identities
     */
    synchronized Split split(String collection, List<PendingUpdate> updates) {
        int pause = pauses.merge(collection, -1, (left, by) -> Math.max(0, left + by));
        var made = new ArrayList<PendingUpdate>();
        var changed = new ArrayList<PendingUpdate>(updates.size());
        @Nullable RollupKey before = null;
        for (var update : updates) {
            boolean isNew = pause <= 0 && !update.key().equals(before) && isLater(update);
            (isNew ? made : changed).add(update);
            before = update.key();
        }
        updates.forEach(this::remember);
        return new Split(made, changed);
    }

    /** So many inserts were tried; some of them could not be done, or are not sure to be. */
    synchronized void inserted(String collection, int tried, int failed) {
        if (failed > tried / ACCEPTED) {
            pauses.put(collection, PAUSE);
        }
    }

    private boolean isLater(PendingUpdate update) {
        var known = latest.get(update.source());
        var bucket = known == null ? null : known.get(update.key().granularity());
        return bucket != null && update.key().bucket() > bucket;
    }

    private void remember(PendingUpdate update) {
        latest.computeIfAbsent(update.source(), _ -> new EnumMap<>(Granularity.class))
                .merge(update.key().granularity(), update.key().bucket(), Math::max);
    }
}
