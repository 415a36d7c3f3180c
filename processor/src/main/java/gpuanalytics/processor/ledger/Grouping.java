package gpuanalytics.processor.ledger;

import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.ledger.EntryKey.Gpu;
import gpuanalytics.processor.query.GroupValue;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.QueryWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which entries are asked for, and where in the answer each goes. For one answer. */
final class Grouping {

    /** A step and the values of a group. */
    record Place(Instant start, List<@Nullable String> group) {

        static final Comparator<Place> ORDER =
                Comparator.comparing(Place::start).thenComparing(Place::group, Place::compare);

        private static int compare(List<@Nullable String> a, List<@Nullable String> b) {
            var order = Comparator.nullsFirst(Comparator.<String>naturalOrder());
            for (int i = 0; i < a.size(); i++) {
                int compared = Objects.compare(a.get(i), b.get(i), order);
                if (compared != 0) {
                    return compared;
                }
            }
            return 0;
        }
    }

    private final CostQuery query;
    private final QueryWindow window;
    private final GpuNames names;
    private Instant lastHour;
    private Instant lastPoint;
    private final Set<CostDimension> folded = EnumSet.noneOf(CostDimension.class);

    /**
     * @param window the time that is answered, in whole hours
     */
    Grouping(CostQuery query, QueryWindow window, GpuNames names) {
        this.query = query;
        this.window = window;
        this.names = names;
        this.lastHour = window.from();
        this.lastPoint = window.pointOf(lastHour);
    }

    CostQuery query() {
        return query;
    }

    /** The dimensions that are folded in what was asked for. */
    List<CostDimension> folded() {
        return List.copyOf(folded);
    }

    /** Where an entry of an hour, or of a day within one step, goes; null for nowhere. */
    @Nullable Place place(Instant hour, EntryKey key) {
        if (!matches(hour, key)) {
            return null;
        }
        var group = new ArrayList<@Nullable String>(query.groupBy().size());
        for (var dimension : query.groupBy()) {
            group.add(value(dimension, hour, key));
        }
        return new Place(pointOf(hour), group);
    }

    /** Entries of an hour or a day follow each other. */
    private Instant pointOf(Instant hour) {
        if (!hour.equals(lastHour)) {
            lastHour = hour;
            lastPoint = window.pointOf(hour);
        }
        return lastPoint;
    }

    /** An entry's GPU with the name that it has then; null for an entry that is not asked for. */
    @Nullable Gpu gpu(Instant hour, EntryKey key) {
        return matches(hour, key)
                ? new Gpu(value(CostDimension.GPU, hour, key), key.gpu().host(), key.gpu().model())
                : null;
    }

    /**
     * Checks an answer as it grows.
     *
     * @throws InvalidQueryException when it has as many rows as it may
     */
    void checkRoom(int rows, QueryLimits limits) {
        if (rows >= limits.maxPoints()) {
            throw new InvalidQueryException(
                    "group_by",
                    CostQuery.text(query.groupBy()),
                    "a group_by, step, range or filter that gives at most %d rows"
                            .formatted(limits.maxPoints()));
        }
    }

    /** A folded value may be one that is asked for: it is left out, and the notes say so. */
    private boolean matches(Instant hour, EntryKey key) {
        for (var filter : query.filters().entrySet()) {
            var dimension = filter.getKey();
            var value = dimension.value(key);
            if (GroupValue.isFolded(value)) {
                folded.add(dimension);
                return false;
            }
            if (!matches(dimension, filter.getValue(), hour, key)) {
                return false;
            }
        }
        for (var dimension : query.groupBy()) {
            if (GroupValue.isFolded(dimension.value(key))) {
                folded.add(dimension);
            }
        }
        return true;
    }

    private boolean matches(
            CostDimension dimension, List<String> asked, Instant hour, EntryKey key) {
        var value = GroupValue.text(value(dimension, hour, key));
        if (value == null) {
            return asked.contains("");
        }
        return dimension == CostDimension.GPU
                ? asked.stream().anyMatch(gpu -> names.inBucket(gpu, hour).equals(value))
                : asked.contains(value);
    }

    private @Nullable String value(CostDimension dimension, Instant hour, EntryKey key) {
        var value = dimension.value(key);
        return dimension == CostDimension.GPU && value != null
                ? names.inBucket(value, hour)
                : value;
    }
}
