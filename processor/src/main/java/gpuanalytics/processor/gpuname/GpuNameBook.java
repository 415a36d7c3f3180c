package gpuanalytics.processor.gpuname;

import com.mongodb.client.FindIterable;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * The stored names of GPUs, kept in memory and read anew when there are newer ones. Any thread may
 * ask.
 */
public final class GpuNameBook {

    /** So many links are kept in memory, the latest; some 30 MB. */
    static final int MAX_LINKS = 100_000;

    /** Also read without a newer one: clocks of those who store may differ, and names expire. */
    private static final Duration REFRESH = Duration.ofSeconds(30);

    /** Hands over each document of {@link StoreLayout#GPU_NAMES} that a search finds. */
    @FunctionalInterface
    public interface Reader {
        void read(UnaryOperator<FindIterable<Document>> search, Consumer<Document> reader);
    }

    private final Reader reader;
    private final Clock clock;

    private GpuNames names = GpuNames.NONE;
    private @Nullable Instant newest;
    private Instant readAt = Instant.MIN;

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
        if (now.isBefore(readAt)
                || now.isAfter(readAt.plus(REFRESH))
                || !Objects.equals(stored, newest)) {
            names = read();
            newest = stored;
            readAt = now;
        }
        return names;
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

    private GpuNames read() {
        var links = new ArrayList<GpuLink>();
        reader.read(
                search -> search.sort(Sorts.descending(StoreLayout.STORED_AT)).limit(MAX_LINKS),
                document -> links.add(GpuLink.read(document)));
        return GpuNames.of(links);
    }
}
