package gpuanalytics.processor.change;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.lt;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.bson.Document;
import org.bson.conversions.Bson;

/** How often the hours of UTC days have been marked as changed. For one thread. */
public final class DayMarks {

    /**
     * The marks of a day's hours.
     *
     * @param version how often they have been marked together, a number that only grows
     * @param since when the one was marked last that has been left alone for the longest
     */
    public record Marks(long version, Instant since) {

        private Marks and(Marks others) {
            return new Marks(
                    version + others.version, since.isBefore(others.since) ? since : others.since);
        }
    }

    private final NavigableMap<Instant, Marks> days = new TreeMap<>();

    /** Which documents of {@link StoreLayout#CHANGED_HOURS} are of a kind and time. */
    public static Bson filter(EventTopic kind, Instant from, Instant to) {
        return and(
                eq(ChangedHours.KIND, ChangedHours.text(kind)),
                gte(StoreLayout.HOUR, Date.from(from)),
                lt(StoreLayout.HOUR, Date.from(to)));
    }

    /** Takes in one of these documents. */
    public void add(Document marked) {
        var count = marked.get(ChangedHours.CHANGES);
        days.merge(
                marked.getDate(StoreLayout.HOUR).toInstant().truncatedTo(ChronoUnit.DAYS),
                new Marks(
                        count instanceof Number number ? number.longValue() : 0,
                        marked.getDate(StoreLayout.STORED_AT).toInstant()),
                Marks::and);
    }

    /** By the start of the day; a day without marks is not there. */
    public NavigableMap<Instant, Marks> days() {
        return days;
    }
}
