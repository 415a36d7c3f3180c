package gpuanalytics.processor.ledger;

import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.ledger.LedgerFile.Head;
import gpuanalytics.processor.ledger.LedgerFile.Scope;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.query.QueryWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One reading of the ledger: whole days where no GPU is asked for, else hours, and those that it
 * does not have as they are now are computed. For one thread.
 */
final class LedgerReading {

    private static final Duration HOUR = LedgerParts.HOUR;
    private static final Duration DAY = Duration.ofDays(1);

    private final LedgerParts ledger;
    private final LedgerConfig config;
    private final Instant now;
    private final CostQuery query;
    private final QueryWindow window;
    private final PriceBook prices;
    private final GpuNames names;
    private final NavigableMap<Instant, Head> all;
    private final NavigableMap<Instant, Head> hours = new TreeMap<>();
    private final NavigableMap<Instant, Head> days = new TreeMap<>();
    private final List<Instant> open = new ArrayList<>();
    private final NavigableSet<Instant> known = new TreeSet<>();

    /**
     * Finds out what is there.
     *
     * @param window the time that is answered, in whole hours
     * @throws LedgerBehindException when more of it is open than may be
     */
    LedgerReading(
            LedgerParts ledger,
            LedgerConfig config,
            Instant now,
            CostQuery query,
            QueryWindow window,
            PriceBook prices) {
        this.ledger = ledger;
        this.config = config;
        this.now = now;
        this.query = query;
        this.window = window;
        this.prices = prices;
        this.names = ledger.names().names();
        this.all = ledger.hours().heads(window.from(), window.to());
        chooseHours();
        if (!query.isByGpu()) {
            chooseDays();
        }
    }

    /** Which hours are as they are now, and which are to be computed. */
    private void chooseHours() {
        var versions = ledger.versions(window.from(), window.to());
        known.addAll(versions.hours(window.from(), window.to()));
        known.addAll(all.keySet());
        for (var hour : known) {
            var head = all.get(hour);
            var cuts = LedgerParts.cuts(prices, hour);
            if (head != null
                    && head.own() >= versions.of(hour)
                    && new PriceCuts(hour, head.cuts()).covers(cuts)) {
                hours.put(hour, head);
            } else if (versions.of(hour) > 0) {
                open.add(hour);
            }
        }
        if (open.size() > config.maxOpenHours()) {
            throw new LedgerBehindException(open.size(), config.maxOpenHours());
        }
    }

    /** Days that are in one step and made of the hours that are to be read stand for them. */
    private void chooseDays() {
        var found = ledger.days().heads(window.from(), window.to());
        for (var day : found.values()) {
            var end = day.start().plus(DAY);
            var ofDay = hours.subMap(day.start(), end);
            var cuts = new PriceCuts(day.start(), prices.changes(day.start(), end));
            if (!end.isAfter(window.to())
                    && window.pointOf(day.start()).equals(window.pointOf(end.minus(HOUR)))
                    && open.stream().noneMatch(hour -> isIn(hour, day.start(), end))
                    && LedgerKeeper.runs(ofDay).equals(day.of())
                    && new PriceCuts(day.start(), day.cuts()).covers(cuts)) {
                days.put(day.start(), day);
                ofDay.clear();
            }
        }
    }

    CostQuery query() {
        return query;
    }

    QueryWindow window() {
        return window;
    }

    GpuNames names() {
        return names;
    }

    /** How many hours the ledger does not have as they are now. */
    int openHours() {
        return open.size();
    }

    /** The hours that there may be something in. */
    NavigableSet<Instant> known() {
        return known;
    }

    /**
     * Tells every entry, of hours and of days that lie in one step; those of open hours are
     * computed.
     */
    void forEach(EntryReader reader) {
        var scope = query.isByGpu() ? Scope.GPU : Scope.ALL;
        ledger.days().forEachEntry(days, Scope.ALL, null, reader);
        ledger.hours().forEachEntry(hours, scope, gpus(), reader);
        open.forEach(hour -> compute(hour, scope, reader));
    }

    private void compute(Instant hour, Scope scope, EntryReader reader) {
        var computed = ledger.computation().compute(hour, LedgerParts.cuts(prices, hour), now);
        var stored = all.get(hour);
        if (stored != null && !computed.complete()) {
            // its minutes have expired: prices then hold from the start of stored entries on
            var one = new TreeMap<Instant, Head>();
            one.put(hour, stored);
            ledger.hours().forEachEntry(one, scope, gpus(), reader);
            return;
        }
        var entries =
                scope == Scope.GPU ? computed.ledger().entries() : computed.ledger().overGpus();
        entries.forEach((key, amounts) -> reader.read(hour, key, amounts));
    }

    /** All names of the GPUs that are asked for; null where all are. */
    private @Nullable Collection<String> gpus() {
        var asked = query.filters().getOrDefault(CostDimension.GPU, List.of());
        if (asked.isEmpty() || asked.contains("")) {
            return null;
        }
        Set<String> related = new HashSet<>();
        asked.forEach(gpu -> related.addAll(names.related(gpu)));
        return related;
    }

    /** Whether no ledger was replaced meanwhile: what was read of each was all of it. */
    boolean isAsItWas() {
        var hoursNow = ledger.hours().heads(window.from(), window.to());
        var daysNow =
                days.isEmpty()
                        ? days
                        : ledger.days().heads(days.firstKey(), days.lastKey().plus(HOUR));
        return hours.values().stream().allMatch(head -> head.equals(hoursNow.get(head.start())))
                && days.values().stream().allMatch(head -> head.equals(daysNow.get(head.start())));
    }

    private static boolean isIn(Instant hour, Instant from, Instant to) {
        return !hour.isBefore(from) && hour.isBefore(to);
    }
}
