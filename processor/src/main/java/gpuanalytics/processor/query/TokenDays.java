package gpuanalytics.processor.query;

import com.mongodb.client.model.Sorts;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.change.DayMarks;
import gpuanalytics.processor.change.DayMarks.Marks;
import gpuanalytics.processor.query.QueryWindow.Part;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.Runs;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Token rollups of whole UTC days, added up from those of their hours, as they are stored.
 *
 * <p>A day holds as long as no hour of it has been marked as changed since it was added up: its
 * head says how often they had been, and that number only grows.
 */
public final class TokenDays {

    /** The scope of parts. */
    public static final String PART = "part";

    /**
     * In a part: rollups of the day in the form of those of hours, one after the other as bytes.
     */
    public static final String ROLLUPS = "rollups";

    /** In a head: how many rollups its parts have. */
    public static final String SERIES = "series";

    /** Parts are large: so many of them stay far below the largest message. */
    private static final int PARTS_PER_READ = 16;

    /**
     * A day that is stored.
     *
     * @param version how often its hours had been marked when it was added up
     * @param run which parts are its own
     * @param series how many rollups these have
     */
    public record Head(Instant day, long version, String run, long series) {}

    private final StoreReads reads;
    private final StoreReads partReads;

    public TokenDays(StoreReads reads) {
        this.reads = reads;
        this.partReads = reads.inBatchesOf(PARTS_PER_READ);
    }

    /** How days are replaced. */
    public Runs runs(MongoStore store) {
        return new Runs(store.database().getCollection(StoreLayout.TOKEN_DAYS), List.of(PART));
    }

    /** The days of a time that are stored, by their start. */
    public NavigableMap<Instant, Head> heads(Instant from, Instant to) {
        var heads = new TreeMap<Instant, Head>();
        reads.forEach(
                StoreLayout.TOKEN_DAYS,
                Runs.during(Runs.HEAD, from, to),
                search -> search,
                document -> {
                    var day = document.getDate(StoreLayout.BUCKET).toInstant();
                    heads.put(
                            day,
                            new Head(
                                    day,
                                    Numbers.integer(document, Runs.VERSION),
                                    document.getString(Runs.RUN),
                                    Numbers.integer(document, SERIES)));
                });
        return heads;
    }

    /** How often the hours of the days of a time have been marked, by the start of the day. */
    public NavigableMap<Instant, Marks> marks(Instant from, Instant to) {
        var marks = new DayMarks();
        reads.forEach(
                StoreLayout.CHANGED_HOURS,
                DayMarks.filter(EventTopic.TOKEN_USAGE, from, to),
                search -> search,
                marks::add);
        return marks.days();
    }

    /** Whether a stored day, if there is one, is made of its hours as they are now. */
    public static boolean isCurrent(@Nullable Head head, @Nullable Marks marks) {
        return head != null && marks != null && head.version == marks.version();
    }

    /** The days that answer for a window: whole, in one of its points, and current. */
    NavigableMap<Instant, Head> current(QueryWindow window) {
        var first = QueryWindow.dayOf(window.from().plus(QueryWindow.DAY).minusMillis(1));
        var end = QueryWindow.dayOf(window.to());
        if (!first.isBefore(end)) {
            return Collections.emptyNavigableMap();
        }
        var days = heads(first, end);
        days.keySet().removeIf(day -> !isInOnePoint(day, window));
        if (!days.isEmpty()) {
            // read after the heads: a day that is replaced meanwhile is none
            var marks = marks(first, end);
            days.values().removeIf(head -> !isCurrent(head, marks.get(head.day)));
        }
        return days;
    }

    private static boolean isInOnePoint(Instant day, QueryWindow window) {
        var last = day.plus(QueryWindow.DAY).minus(QueryWindow.MINUTE);
        return window.pointOf(day).equals(window.pointOf(last));
    }

    /** The same parts of a window, where those of hours are days as far as there are days. */
    static List<Part> cut(List<Part> parts, NavigableMap<Instant, Head> days) {
        var cut = new ArrayList<Part>();
        for (var part : parts) {
            var done = part.from();
            if (!part.isMinutes()) {
                for (var day : days.subMap(part.from(), part.to()).keySet()) {
                    var next = day.plus(QueryWindow.DAY);
                    if (next.isAfter(part.to())) {
                        continue;
                    }
                    if (done.isBefore(day)) {
                        cut.add(new Part(done, day, part.bucket()));
                    }
                    cut.add(new Part(day, next, QueryWindow.DAY));
                    done = next;
                }
            }
            if (done.isBefore(part.to())) {
                cut.add(new Part(done, part.to(), part.bucket()));
            }
        }
        return joined(cut);
    }

    /** Days that follow each other are read at once. */
    private static List<Part> joined(List<Part> parts) {
        var joined = new ArrayList<Part>();
        for (var part : parts) {
            var before = joined.isEmpty() ? null : joined.getLast();
            if (before != null && before.isDays() && part.isDays()) {
                joined.removeLast();
                joined.add(new Part(before.from(), part.to(), QueryWindow.DAY));
            } else {
                joined.add(part);
            }
        }
        return joined;
    }

    /**
     * Hands over the rollups of days in the order of time.
     *
     * @return whether they were all there; a day that is replaced meanwhile is not
     */
    boolean forEach(SortedMap<Instant, Head> days, Consumer<RawBsonDocument> reader) {
        var fields = new StoredFields();
        var bucket = fields.field(StoreLayout.BUCKET);
        var run = fields.field(Runs.RUN);
        var rollups = fields.field(ROLLUPS);
        var missing = new long[1];
        days.values().forEach(head -> missing[0] += head.series);
        partReads.forEachRaw(
                StoreLayout.TOKEN_DAYS,
                Runs.during(PART, days.firstKey(), days.lastKey().plus(QueryWindow.DAY)),
                search ->
                        search.projection(fields.projection())
                                .sort(Sorts.ascending(StoreLayout.SCOPE, StoreLayout.BUCKET)),
                part -> {
                    fields.read(part);
                    var head = days.get(bucket.time());
                    if (head != null && head.run.equals(run.text())) {
                        rollups.forEachDocument(
                                rollup -> {
                                    missing[0]--;
                                    reader.accept(rollup);
                                });
                    }
                });
        return missing[0] == 0;
    }
}
