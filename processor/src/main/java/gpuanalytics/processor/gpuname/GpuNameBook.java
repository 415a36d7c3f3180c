package gpuanalytics.processor.gpuname;

import com.mongodb.client.FindIterable;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * The stored names of GPUs, kept in memory. Only what has been stored since is read again, the
 * whole now and then. Any thread may ask.
 */
public final class GpuNameBook {

    /** So many links are kept in memory, the latest; some 30 MB. */
    static final int MAX_LINKS = 100_000;

    /**
     * Links are asked for by when they were stored; clocks of those who store may differ so far.
     */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

    /** Also read without a newer one, as clocks may differ. */
    private static final Duration REFRESH = Duration.ofSeconds(30);

    /** The whole is read for what is no longer stored: names expire. */
    private static final Duration READ_WHOLE = Duration.ofMinutes(10);

    /** Hands over each document of {@link StoreLayout#GPU_NAMES} that a search finds. */
    @FunctionalInterface
    public interface Reader {
        void read(UnaryOperator<FindIterable<Document>> search, Consumer<Document> reader);
    }

    private final Reader reader;
    private final Clock clock;
    private final Map<String, GpuLink> links = new HashMap<>();

    private volatile GpuNames names = GpuNames.NONE;
    private @Nullable Instant newest;
    private Instant readAt = Instant.MIN;
    private Instant wholeAt = Instant.MIN;

    /**
     * @param reader reads the store; what it throws, whoever asks for the names gets
     */
    public GpuNameBook(Reader reader, Clock clock) {
        this.reader = reader;
        this.clock = clock;
    }

    /** The names as they are stored now. */
    public synchronized GpuNames names() {
        var now = clock.instant();
        var stored = newestStored();
        var before = newest;
        if (stored == null || before == null || isOver(wholeAt, READ_WHOLE, now)) {
            readWhole();
            wholeAt = now;
            readAt = now;
        } else if (!stored.equals(before) || isOver(readAt, REFRESH, now)) {
            // What was stored since the last reading was stored then by a clock that may be behind.
            readSince((now.isBefore(readAt) ? now : readAt).minus(CLOCKS_DIFFER));
            readAt = now;
        }
        newest = stored;
        return names;
    }

    /** The names as they are kept in memory: what was read last, and what was learnt since. */
    GpuNames kept() {
        return names;
    }

    /** Takes in what was stored from here, which need not be read again. */
    synchronized void learnt(Collection<GpuLink> stored) {
        add(stored);
        for (var link : stored) {
            var at = Instant.ofEpochMilli(link.storedAtMillis());
            newest = newest == null || at.isAfter(newest) ? at : newest;
        }
    }

    private static boolean isOver(Instant since, Duration time, Instant now) {
        return now.isBefore(since) || now.isAfter(since.plus(time));
    }

    private @Nullable Instant newestStored() {
        var found = new ArrayList<Instant>();
        reader.read(
                search ->
                        search.sort(Sorts.descending(StoreLayout.STORED_AT))
                                .limit(1)
                                .projection(Projections.include(StoreLayout.STORED_AT)),
                document -> found.add(document.getDate(StoreLayout.STORED_AT).toInstant()));
        return found.isEmpty() ? null : found.getFirst();
    }

    private void readWhole() {
        var found = new HashMap<String, GpuLink>();
        reader.read(
                GpuNameBook::latest,
                document -> {
                    var link = GpuLink.read(document);
                    found.put(link.id(), link);
                });
        if (!found.equals(links)) {
            links.clear();
            links.putAll(found);
            names = GpuNames.of(links.values());
        }
    }

    private void readSince(Instant from) {
        var found = new ArrayList<GpuLink>();
        reader.read(
                search -> latest(search).filter(Filters.gte(StoreLayout.STORED_AT, from)),
                document -> found.add(GpuLink.read(document)));
        add(found);
        if (links.size() > MAX_LINKS) {
            readWhole();
        }
    }

    private static FindIterable<Document> latest(FindIterable<Document> search) {
        return search.sort(Sorts.descending(StoreLayout.STORED_AT)).limit(MAX_LINKS);
    }

    private void add(Collection<GpuLink> more) {
        var isNew = false;
        for (var link : more) {
            isNew |= !link.equals(links.put(link.id(), link));
        }
        if (isNew) {
            names = GpuNames.of(links.values());
        }
    }
}
