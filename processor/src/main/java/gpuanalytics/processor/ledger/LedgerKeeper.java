package gpuanalytics.processor.ledger;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.change.ChangedHour;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.change.HourVersions;
import gpuanalytics.processor.change.Purpose;
import gpuanalytics.processor.ledger.LedgerFile.Head;
import gpuanalytics.processor.ledger.LedgerFile.Scope;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.Runs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.bson.Document;

/**
 * Computes the ledger of changed hours that are over, and of days. An hour that changes later is
 * computed again and replaced whole; doing so twice is harmless. Any free processor does it, one
 * that ends leaves its hour to the next. One thread calls it.
 */
public final class LedgerKeeper {

    /** An hour is over this long after its end, as for the audit. */
    private static final Duration GRACE = Duration.ofMinutes(5);

    private static final Duration DAY = Duration.ofDays(1);

    private final LedgerParts ledger;
    private final ChangedHours changed;
    private final Supplier<PriceBook> book;
    private final ProcessorMetrics metrics;
    private final Clock clock;
    private final LedgerConfig config;

    /** A processor that was killed may have left days that it meant to add up. */
    private boolean isFirstRound = true;

    /**
     * @param timeout how long one read of the store may take
     */
    public LedgerKeeper(
            MongoStore store,
            ChangedHours changed,
            Supplier<PriceBook> book,
            ProcessorMetrics metrics,
            Clock clock,
            Duration timeout,
            LedgerConfig config) {
        this.ledger = new LedgerParts(store, timeout, clock);
        this.changed = changed;
        this.book = book;
        this.metrics = metrics;
        this.clock = clock;
        this.config = config;
    }

    /**
     * Computes the hours that wait for it, the latest first, and then the days that they are in.
     *
     * @return how many hours were stored
     * @throws RuntimeException when the store does not answer; the hours still wait then
     */
    public long keep() {
        var until = clock.instant().plus(config.interval());
        var days = new TreeSet<>(isFirstRound ? staleDays() : Set.of());
        isFirstRound = false;
        var stored = 0L;
        while (!Thread.currentThread().isInterrupted() && !clock.instant().isAfter(until)) {
            var claimed = changed.claim(Purpose.LEDGER, closedBy(), config.quiet());
            if (claimed.isEmpty()) {
                break;
            }
            for (var hour : affected(claimed.get())) {
                if (keepHour(hour)) {
                    stored++;
                    days.add(dayOf(hour));
                }
            }
            changed.finish(claimed.get());
        }
        days.forEach(this::keepDay);
        return stored;
    }

    private Instant closedBy() {
        return clock.instant().minus(GRACE);
    }

    /** What a change says something of: requests may have begun, and GPUs been, in neighbours. */
    private List<Instant> affected(ChangedHour change) {
        var hour = Instant.ofEpochSecond(change.hour());
        var hours = new ArrayList<Instant>();
        hours.add(hour.minus(LedgerParts.HOUR));
        hours.add(hour);
        if (change.kind() == EventTopic.GPU_METRICS) {
            hours.add(hour.plus(LedgerParts.HOUR));
        }
        return hours;
    }

    /** Computes an hour, unless that is done or there is nothing in it; whether it is stored. */
    private boolean keepHour(Instant hour) {
        var end = hour.plus(LedgerParts.HOUR);
        // before the rollups are read: what is marked after it has the hour computed again
        var versions = ledger.versions(hour, end);
        if (end.isAfter(closedBy()) || versions.of(hour) == 0) {
            return false;
        }
        var cuts = LedgerParts.cuts(book.get(), hour);
        var before = ledger.hours().heads(hour, end).get(hour);
        if (before != null && isDone(before, versions, cuts)) {
            return false;
        }
        var computed = ledger.computation().compute(hour, cuts, clock.instant());
        if (before != null && !computed.complete()) {
            return false; // minutes have expired: what was computed from them stays
        }
        var head =
                new Head(
                        hour,
                        versions.withNeighbours(hour),
                        versions.of(hour),
                        List.copyOf(computed.ledger().cuts()),
                        Runs.newRun(),
                        null);
        var entries =
                Map.of(
                        Scope.GPU, computed.ledger().entries(),
                        Scope.ALL, computed.ledger().overGpus());
        var isStored = ledger.hours().replace(head, entries, clock.instant());
        metrics.ledgerHours(isStored ? 1 : 0);
        return isStored;
    }

    private static boolean isDone(Head head, HourVersions versions, PriceCuts cuts) {
        return head.version() >= versions.withNeighbours(head.start())
                && new PriceCuts(head.start(), head.cuts()).covers(cuts);
    }

    /** Days that are not made of their hours as they are stored now. */
    private Set<Instant> staleDays() {
        var now = clock.instant();
        var hoursOfDays = new TreeMap<Instant, Map<Instant, Head>>();
        ledger.hours()
                .heads(Instant.EPOCH, now)
                .forEach(
                        (hour, head) ->
                                hoursOfDays
                                        .computeIfAbsent(dayOf(hour), _ -> new TreeMap<>())
                                        .put(hour, head));
        var days = ledger.days().heads(Instant.EPOCH, now);
        hoursOfDays
                .entrySet()
                .removeIf(
                        day -> {
                            var kept = days.get(day.getKey());
                            return kept != null && runs(day.getValue()).equals(kept.of());
                        });
        return hoursOfDays.keySet();
    }

    /** Adds up a day that is over from the ledgers of its hours. */
    private void keepDay(Instant day) {
        var end = day.plus(DAY);
        if (end.isAfter(closedBy())) {
            return;
        }
        var hours = ledger.hours().heads(day, end);
        var cuts = new TreeSet<Instant>();
        hours.values().forEach(head -> cuts.addAll(head.cuts()));
        book.get().changes(day, end).stream()
                .filter(change -> change.getEpochSecond() % LedgerParts.HOUR.toSeconds() == 0)
                .forEach(cuts::add);
        var ofDay = new PriceCuts(day, cuts);
        var entries = new Entries();
        ledger.hours()
                .forEachEntry(
                        hours,
                        Scope.ALL,
                        null,
                        (_, key, amounts) ->
                                entries.of(key.since(ofDay.startOf(key.from()))).add(amounts));
        ledger.days()
                .replace(
                        dayHead(day, hours, List.copyOf(cuts)),
                        Map.of(Scope.ALL, entries),
                        clock.instant());
    }

    private static Head dayHead(
            Instant day, NavigableMap<Instant, Head> hours, List<Instant> cuts) {
        return new Head(
                day,
                hours.values().stream().mapToLong(Head::version).sum(),
                hours.values().stream().mapToLong(Head::own).sum(),
                cuts,
                Runs.newRun(),
                runs(hours));
    }

    /** Which ledgers of hours a day is made of. */
    static Document runs(Map<Instant, Head> hours) {
        var runs = new Document();
        new TreeMap<>(hours)
                .forEach(
                        (hour, head) ->
                                runs.append(Long.toString(hour.getEpochSecond()), head.run()));
        return runs;
    }

    static Instant dayOf(Instant hour) {
        long day = DAY.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(hour.getEpochSecond(), day) * day);
    }
}
