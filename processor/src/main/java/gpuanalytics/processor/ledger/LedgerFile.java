package gpuanalytics.processor.ledger;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import gpuanalytics.processor.query.StoreReads;
import gpuanalytics.processor.store.Runs;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * The ledgers of one length, in a collection: entries in parts, and a head that names their run
 * (see {@link Runs}). So a ledger is replaced whole, at once, and who has read parts knows by the
 * head whether they were all there.
 */
final class LedgerFile {

    /** What parts hold. */
    enum Scope {
        /** Entries by GPU. */
        GPU("gpu"),
        /** Entries over all GPUs. */
        ALL("all");

        private final String text;

        Scope(String text) {
            this.text = text;
        }
    }

    /**
     * What is known of a stored ledger.
     *
     * @param version how often its hours and their neighbours had been marked when it was computed
     * @param own how often its own hours had
     * @param cuts where its entries are cut
     * @param run which parts are its entries
     * @param of the runs of the ledgers that it was added up from, by their start; null for none
     */
    record Head(
            Instant start,
            long version,
            long own,
            List<Instant> cuts,
            String run,
            @Nullable Document of) {}

    private static final String OWN = "own";
    private static final String CUTS = "cuts";
    private static final String OF = "of";
    private static final String ENTRIES = "entries";
    private static final int ENTRIES_PER_PART = 500;

    /** Of documents that are written at once, so that an hour of many entries takes no more. */
    private static final int ENTRIES_PER_WRITE = 2000;

    /** Parts are large: so many of them stay far below the largest message. */
    private static final int PARTS_PER_READ = 16;

    private static final List<String> PART_FIELDS = List.of(StoreLayout.BUCKET, Runs.RUN, ENTRIES);

    /** Ledgers so far apart are read by themselves. */
    private static final Duration CLOSE = Duration.ofDays(1);

    private final MongoCollection<Document> collection;
    private final Runs runs;
    private final StoreReads headReads;
    private final StoreReads partReads;

    LedgerFile(MongoCollection<Document> collection, StoreReads reads) {
        this.collection = collection;
        this.runs =
                new Runs(
                        collection,
                        Arrays.stream(Scope.values()).map(scope -> scope.text).toList());
        this.headReads = reads;
        this.partReads = reads.inBatchesOf(PARTS_PER_READ);
    }

    /**
     * Stores a ledger in place of that of the same time, unless that one is of a later version.
     *
     * @return whether it is stored
     */
    boolean replace(Head head, Map<Scope, Entries> entries, Instant now) {
        entries.forEach((scope, some) -> new PartWriter(head, scope, now).write(some));
        var more =
                new Document(OWN, head.own)
                        .append(CUTS, head.cuts.stream().map(Date::from).toList())
                        .append(StoreLayout.STORED_AT, Date.from(now));
        if (head.of != null) {
            more.append(OF, head.of);
        }
        return runs.replace(head.start, head.version, head.run, more, now);
    }

    /** The heads of a time, by their start. */
    NavigableMap<Instant, Head> heads(Instant from, Instant to) {
        var heads = new TreeMap<Instant, Head>();
        headReads.forEach(
                collection.getNamespace().getCollectionName(),
                Runs.during(Runs.HEAD, from, to),
                search -> search,
                document -> {
                    var head = head(document);
                    heads.put(head.start, head);
                });
        return heads;
    }

    /**
     * Tells the entries of some ledgers.
     *
     * @param heads which, by their start
     * @param gpus only those of GPUs with these keys; null for all
     */
    void forEachEntry(
            SortedMap<Instant, Head> heads,
            Scope scope,
            @Nullable Collection<String> gpus,
            EntryReader reader) {
        for (var stretch : stretches(heads.keySet())) {
            var all = Runs.during(scope.text, stretch.getFirst(), stretch.getLast().plusSeconds(1));
            partReads.forEach(
                    collection.getNamespace().getCollectionName(),
                    gpus == null ? all : and(all, in(StoreLayout.GPU, gpus)),
                    search -> search.projection(Projections.include(PART_FIELDS)),
                    part -> {
                        var start = part.getDate(StoreLayout.BUCKET).toInstant();
                        var head = heads.get(start);
                        if (head != null && head.run.equals(part.getString(Runs.RUN))) {
                            part.getList(ENTRIES, Document.class)
                                    .forEach(block -> tell(start, block, reader));
                        }
                    });
        }
    }

    private static void tell(Instant start, Document block, EntryReader reader) {
        EntryBlock.forEach(block, (key, amounts) -> reader.read(start, key, amounts));
    }

    /** Those that follow each other closely: what lies in between is not asked for. */
    static List<List<Instant>> stretches(Collection<Instant> starts) {
        var stretches = new ArrayList<List<Instant>>();
        @Nullable Instant before = null;
        for (var start : starts) {
            if (before == null || start.isAfter(before.plus(CLOSE))) {
                stretches.add(new ArrayList<>());
            }
            stretches.getLast().add(start);
            before = start;
        }
        return stretches;
    }

    private static Head head(Document document) {
        return new Head(
                document.getDate(StoreLayout.BUCKET).toInstant(),
                GpuRow.integer(document, Runs.VERSION),
                GpuRow.integer(document, OWN),
                document.getList(CUTS, Date.class).stream().map(Date::toInstant).toList(),
                document.getString(Runs.RUN),
                document.get(OF, Document.class));
    }

    /** Writes entries in parts of one GPU each, or over all GPUs, none of them large. */
    private final class PartWriter {

        private final Head head;
        private final Scope scope;
        private final Instant now;
        private final List<Document> parts = new ArrayList<>();
        private EntryBlock.Writer open = new EntryBlock.Writer();
        private @Nullable String gpu;
        private int written;
        private int waiting;

        PartWriter(Head head, Scope scope, Instant now) {
            this.head = head;
            this.scope = scope;
            this.now = now;
        }

        void write(Entries entries) {
            for (var entry : entries) {
                var next = entry.getKey().gpu().name();
                if (open.entries() >= ENTRIES_PER_PART || !Objects.equals(gpu, next)) {
                    closePart();
                    gpu = next;
                }
                open.add(entry.getKey(), entry.getValue());
            }
            closePart();
            flush();
        }

        private void closePart() {
            if (open.entries() == 0) {
                return;
            }
            var id = "%s|%s|%s|%d".formatted(Runs.id(head.start), head.run, scope.text, written++);
            var part =
                    new Document(StoreLayout.ID, id)
                            .append(StoreLayout.SCOPE, scope.text)
                            .append(StoreLayout.BUCKET, Date.from(head.start))
                            .append(Runs.RUN, head.run)
                            .append(ENTRIES, List.of(open.document()))
                            .append(StoreLayout.STORED_AT, Date.from(now));
            if (gpu != null) {
                part.append(StoreLayout.GPU, gpu);
            }
            parts.add(part);
            waiting += open.entries();
            open = new EntryBlock.Writer();
            if (waiting >= ENTRIES_PER_WRITE) {
                flush();
            }
        }

        private void flush() {
            if (!parts.isEmpty()) {
                collection.insertMany(parts, new InsertManyOptions().ordered(false));
                parts.clear();
                waiting = 0;
            }
        }
    }
}
