package gpuanalytics.processor.query;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;

import com.mongodb.client.model.Projections;
import gpuanalytics.processor.query.QueryWindow.Part;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Which rollups can answer a question without a part that has expired.
 *
 * <p>Minutes expire long before hours, and each of them by when it last changed. Two facts of the
 * store tell whether those of a window are all there, whatever the retention is or was:
 *
 * <ul>
 *   <li>The longest unchanged rollups go first. While there is one that last changed before the
 *       window began, nothing of the window has gone.
 *   <li>Otherwise the hours tell: each counts as many events as its minutes did. An event counts in
 *       its minute before it counts in its hour, so hours are read first, and minutes with fewer
 *       events than their hour have lost some. Requests that were superseded stay in this count.
 * </ul>
 */
final class KeptRollups {

    private final StoreReads reads;
    private final RollupRetention retention;
    private final Clock clock;

    KeptRollups(StoreReads reads, RollupRetention retention, Clock clock) {
        this.reads = reads;
        this.retention = retention;
        this.clock = clock;
    }

    /**
     * What to answer a window from: what was asked for, or where minutes of it have expired, the
     * hours that it begins and ends within.
     *
     * @param filter which rollups the question is about, besides their time
     * @throws InvalidQueryException for steps of other than whole hours where minutes have expired
     */
    Coverage cover(QueryWindow asked, RollupCollections rollups, Bson filter) {
        var minutes = asked.parts().stream().filter(Part::isMinutes).toList();
        if (minutes.isEmpty()) {
            return coverage(asked, asked);
        }
        if (hasOlderThan(minutes.getFirst().from(), rollups)) {
            return new Coverage(asked, true, true, keptSince(asked));
        }
        var lost = new TreeSet<Instant>();
        minutes.forEach(part -> lost.addAll(hoursWithoutAllMinutes(part, rollups, filter)));
        if (lost.isEmpty()) {
            return coverage(asked, asked);
        }
        if (!asked.isByMinutes()) {
            return coverage(asked, asked.byHours(lost));
        }
        throw new InvalidQueryException(
                "step",
                asked.step().text(),
                "a multiple of 1h for times before %s, whose minutes have expired (kept for %s)"
                        .formatted(
                                lost.getLast().plus(QueryWindow.HOUR),
                                QueryWindow.text(retention.minutes())));
    }

    /**
     * Refuses what would be an answer of nothing about a time of which nothing may be left.
     *
     * @throws InvalidQueryException when all of the window is older than what is surely kept
     */
    void refuseExpired(Coverage covered) {
        if (!covered.window().to().isAfter(surelyKeptSince())) {
            throw new InvalidQueryException(
                    "to",
                    covered.window().to().toString(),
                    "a time after %s: of this one nothing is left (rollups are kept for %s)"
                            .formatted(surelyKeptSince(), QueryWindow.text(retention.hours())));
        }
    }

    private Coverage coverage(QueryWindow asked, QueryWindow window) {
        // nothing coarser than hours tells what has expired, so what is configured must
        return new Coverage(
                window,
                window.equals(asked),
                !window.from().isBefore(surelyKeptSince()),
                keptSince(window));
    }

    private Instant keptSince(QueryWindow window) {
        return seconds(clock.instant().minus(retention.of(window.bucket())));
    }

    /** Hour rollups of a later time cannot have expired. */
    private Instant surelyKeptSince() {
        return seconds(clock.instant().minus(retention.hours()).plus(retention.margin()));
    }

    private static Instant seconds(Instant time) {
        return Instant.ofEpochSecond(time.getEpochSecond());
    }

    private boolean hasOlderThan(Instant time, RollupCollections rollups) {
        var changed = Date.from(time.minus(retention.margin()));
        return reads.exists(rollups.minute(), lte(StoreLayout.STORED_AT, changed));
    }

    /** Hours that a part touches of which minutes have expired, but not the hour itself. */
    private Set<Instant> hoursWithoutAllMinutes(Part part, RollupCollections rollups, Bson filter) {
        var hours = part.hours();
        var events = events(rollups.hour(), hours, rollups, filter);
        var inMinutes = events(rollups.minute(), hours, rollups, filter);
        return events.entrySet().stream()
                .filter(hour -> inMinutes.getOrDefault(hour.getKey(), 0L) < hour.getValue())
                .map(hour -> hour.getKey())
                .collect(Collectors.toSet());
    }

    /** How many events the rollups of a collection count, by hour. */
    private Map<Instant, Long> events(
            String collection, Part part, RollupCollections rollups, Bson filter) {
        var fields = new ArrayList<>(List.of(StoreLayout.BUCKET));
        rollups.events().forEach(counter -> fields.add(counter.field()));
        var events = new HashMap<Instant, Long>();
        reads.forEach(
                collection,
                and(filter, during(part)),
                search -> search.projection(Projections.include(fields)),
                (Document rollup) ->
                        events.merge(
                                QueryWindow.hourOf(rollup.getDate(StoreLayout.BUCKET).toInstant()),
                                rollups.events(rollup),
                                Long::sum));
        return events;
    }

    /** Rollups whose bucket lies in a part. */
    static Bson during(Part part) {
        return and(
                gte(StoreLayout.BUCKET, Date.from(part.from())),
                lt(StoreLayout.BUCKET, Date.from(part.to())));
    }
}
