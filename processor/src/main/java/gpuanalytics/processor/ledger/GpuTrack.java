package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.EntryKey.Gpu;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One GPU through the minutes of an hour, from the last to the first: whose it is, its gaps, and
 * what its idle time was for.
 *
 * <p>It is there from its first to its last sample, and from the hour before or to the hour after
 * where it has samples there too. What no sample stands for in between is a gap.
 */
final class GpuTrack {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final String name;
    private final HourAccount.Frame frame;
    private final PriceCuts cuts;
    private final Entries entries;
    private final Map<String, IdleTime> idle = new HashMap<>();

    /** By kind, where the entries of the minute told last are: mostly where those before were. */
    private final Map<Kind, Shelf> shelves = new EnumMap<>(Kind.class);

    private record Shelf(EntryKey.Place place, Map<Group, Amounts> entries) {}

    /** The row and minute told last, that is, the earliest so far. */
    private @Nullable GpuRow row;

    private Instant at;

    /** What is not covered of that minute, if it turns out to lie between samples. */
    private long uncoveredUs;

    private Gpu gpu = Gpu.NONE;
    private @Nullable Long priceMicroUsd;
    private boolean metered;

    /**
     * @param name its key; empty for GPUs that count together, which have no gaps
     */
    GpuTrack(String name, HourAccount.Frame frame, PriceCuts cuts, Entries entries) {
        this.name = name;
        this.frame = frame;
        this.cuts = cuts;
        this.entries = entries;
        this.at = frame.end();
    }

    /** Moves on to an earlier minute. */
    void begin(Instant minute, GpuRow now, long coveredUs) {
        var isLast = row == null;
        if (!isLast) {
            addGap(at, uncoveredUs);
        }
        row = now;
        remember(now);
        metered = false;
        if (isLast && !frame.after().contains(name)) {
            uncoveredUs = 0;
        } else {
            addGaps(minute.plus(MINUTE), at);
            uncoveredUs = GpuMinute.MINUTE_US - coveredUs;
        }
        at = minute;
    }

    /** Takes in what of a part nobody claims. */
    void idle(Instant minute, Board.Part part, Attribution attribution) {
        metered |= part.minute().energyUj() != null;
        var labels = part.row().labels();
        var owned = entry(Kind.OWNED, minute, Group.owner(labels.team(), labels.namespace()));
        for (var basis : Basis.values()) {
            owned.add(Amount.idle(basis), attribution.us(basis).idle());
            var uj = attribution.uj(basis);
            if (uj != null) {
                owned.add(Amount.idleEnergy(basis), uj.idle());
            }
        }
        var unknown = attribution.us(Basis.USAGE).unknown();
        if (unknown > 0) {
            owned.add(Amount.USAGE_UNKNOWN_US, unknown);
            var uj = attribution.uj(Basis.USAGE);
            owned.add(Amount.USAGE_UNKNOWN_UJ, uj == null ? null : Long.valueOf(uj.unknown()));
        }
        idle.computeIfAbsent(Board.instance(part.row()), _ -> new IdleTime())
                .add(minute, part, attribution.us(Basis.ALLOCATION).idle(), owned);
    }

    /** No earlier minute comes. */
    void finish() {
        if (row != null && frame.before().contains(name)) {
            addGap(at, uncoveredUs);
            addGaps(frame.hour(), at);
        }
    }

    /** Whether its energy is known in the minute told last. */
    boolean isMetered() {
        return metered;
    }

    /** Entries share one instance as long as its labels stay. */
    private void remember(GpuRow now) {
        var labels = now.labels();
        var described = new Gpu(name.isEmpty() ? null : name, labels.host(), labels.model());
        gpu = described.equals(gpu) ? gpu : described;
        priceMicroUsd = now.sums().priceMicroUsd().value();
    }

    Gpu gpu() {
        return gpu;
    }

    /** What its samples say an hour costs, in millionths of a dollar; null where they do not. */
    @Nullable Long priceMicroUsd() {
        return priceMicroUsd;
    }

    /** The entry of a group in a minute. */
    Amounts entry(Kind kind, Instant minute, Group group) {
        var from = cuts.startOf(minute);
        var shelf = shelves.get(kind);
        if (shelf == null || !isOf(shelf.place, from)) {
            var place = new EntryKey.Place(kind, gpu, from, priceMicroUsd);
            shelf = new Shelf(place, entries.at(place));
            shelves.put(kind, shelf);
        }
        return shelf.entries.computeIfAbsent(group, _ -> new Amounts());
    }

    private boolean isOf(EntryKey.Place place, Instant from) {
        return place.gpu().equals(gpu)
                && place.from().equals(from)
                && Objects.equals(place.providedMicroUsd(), priceMicroUsd);
    }

    private void addGaps(Instant from, Instant to) {
        for (var minute = from; minute.isBefore(to); minute = minute.plus(MINUTE)) {
            addGap(minute, GpuMinute.MINUTE_US);
        }
    }

    private void addGap(Instant minute, long us) {
        if (us > 0 && !name.isEmpty()) {
            var labels = now().labels();
            var owner = Group.owner(labels.team(), labels.namespace());
            entry(Kind.OWNED, minute, owner).add(Amount.GAP_US, us);
        }
    }

    private GpuRow now() {
        if (row == null) {
            throw new IllegalStateException("no minute has begun");
        }
        return row;
    }
}
