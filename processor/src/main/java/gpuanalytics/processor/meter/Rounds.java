package gpuanalytics.processor.meter;

import static gpuanalytics.processor.rollup.MeterState.NONE;

import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.decode.DecidedCounts;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.rollup.CountedBatch;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MeterState;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A batch in its turn. It is stored in one round, but where a sample may be refused, for all that
 * is known here, and another of its GPU comes after it: that one waits for a further round, as what
 * was refused is nothing to be compared with.
 */
final class Rounds {

    private static final Comparator<CountedRow> BY_OFFSET =
            Comparator.comparing(CountedRow::source)
                    .thenComparingLong(CountedRow::offset)
                    .thenComparingInt(CountedRow::item);

    /** A sample that may be refused, and what its meter had read before it. */
    private record Open(int place, String series, MeterState before) {}

    private final Batch batch;
    private final long turn;
    private final Turns turns;
    private final GpuMeters meters;
    private final StoredSamples stored;
    private final Decisions decisions;
    private final @Nullable GpuMeter[] meterOf;

    /** The rows as far as they are decided; null where they stay as they are. */
    private @Nullable List<Row> changed;

    /** The places of samples that are not decided, in reading order; and how many there are. */
    private final int[] left;

    private int undecided;

    /** The places of rows that are stored; null while none is. */
    private @Nullable BitSet done;

    /** The places of samples whose identity another record has; null where nobody has asked. */
    private @Nullable BitSet taken;

    private final Map<GpuMeter, Open> open = new LinkedHashMap<>();
    private final Set<GpuMeter> blocked = new HashSet<>();
    private final Map<String, MeterState> states = new HashMap<>();
    private List<CountedRow> counted = List.of();

    Rounds(
            Batch batch,
            long turn,
            Turns turns,
            GpuMeters meters,
            StoredSamples stored,
            Decisions decisions) {
        this.batch = batch;
        this.turn = turn;
        this.turns = turns;
        this.meters = meters;
        this.stored = stored;
        this.decisions = decisions;
        this.meterOf = new GpuMeter[batch.rows().size()];
        this.left = new int[batch.rows().size()];
    }

    private List<Row> rows() {
        return changed == null ? batch.rows() : changed;
    }

    /** Finds the meters of all samples, and what is stored of those that nobody here has read. */
    void begin(LatestReadings latest) throws InterruptedException {
        var unknown = new LinkedHashMap<String, GpuMeter>();
        var depends = false;
        var rows = batch.rows();
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            if (!Decisions.isSample(row)) {
                continue;
            }
            var hasReading = Decisions.hasReading(row.values());
            if (!Decisions.isSurplus(row)) {
                var meter = meters.usedBy(row, turn);
                meterOf[i] = meter;
                if (hasReading && !meter.isSeeded()) {
                    unknown.putIfAbsent(GpuMeters.series(row), meter);
                }
                depends |= hasReading && Decisions.dependsOnLast(row.values());
            } else if (!hasReading) {
                continue;
            }
            left[undecided++] = i;
        }
        if (!unknown.isEmpty()) {
            var readings = latest.of(unknown.keySet());
            unknown.forEach((series, meter) -> meter.seed(readings.get(series)));
        }
        if (depends) {
            var places = IntStream.of(left).limit(undecided).boxed().toList();
            var sorted = places.stream().sorted(ReadingOrder.of(rows, places)).toList();
            for (int i = 0; i < undecided; i++) {
                left[i] = sorted.get(i);
            }
        }
    }

    /** Decides what can be decided; the rest waits for what becomes of others. */
    void decide() throws InterruptedException {
        int waiting = 0;
        for (int i = 0; i < undecided; i++) {
            int place = left[i];
            if (!decide(place)) {
                left[waiting++] = place;
            }
        }
        undecided = waiting;
    }

    /** Whether there are samples that wait for what becomes of others. */
    boolean isWaiting() {
        return undecided > 0;
    }

    private boolean decide(int place) throws InterruptedException {
        var row = batch.rows().get(place);
        var meter = meterOf[place];
        if (meter == null) {
            set(place, decisions.ofSurplus(row));
            return true;
        }
        if (isBlocked(meter, row)) {
            return false;
        }
        var sample = row.values();
        var isPromised = row.givenId() != null;
        var isAdmitted = meter.moment().admits(sample);
        if (!isAdmitted || meter.moment().goesOn(sample, turn)) {
            // What it may contradict or add to must be stored before it.
            turns.awaitSettledBefore(turn);
        }
        meter.moment().note(sample, turn);
        if (Decisions.hasReading(sample)) {
            awaitSettled(meter);
            if ((isPromised || !isAdmitted) && meter.isMovedBy(sample)) {
                open.put(meter, new Open(place, GpuMeters.series(row), meter.state()));
                meter.openIn(turn);
            }
            set(place, decisions.of(row, meter));
        }
        return true;
    }

    private void set(int place, DecidedCounts counts) {
        if (!counts.equals(DecidedCounts.NONE)) {
            changed = changed == null ? new ArrayList<>(batch.rows()) : changed;
            changed.set(place, changed.get(place).counting(counts));
        }
    }

    /** Waits for what becomes of a sample in a turn before. */
    private void awaitSettled(GpuMeter meter) throws InterruptedException {
        if (meter.openTurn() != NONE && meter.openTurn() != turn) {
            turns.awaitSettled(meter.openTurn());
            meter.openIn(NONE);
        }
    }

    /** Whether a row has to wait for what becomes of one before it in this batch. */
    private boolean isBlocked(GpuMeter meter, Row row) throws InterruptedException {
        if (blocked.contains(meter)) {
            return true; // in their order
        }
        var before = open.get(meter);
        if (before == null || !Decisions.hasReading(row.values())) {
            return false;
        }
        if (!isTaken(before.place)) {
            open.remove(meter);
            return false;
        }
        blocked.add(meter);
        return true;
    }

    /** Whether another record has the identity of a sample; asked once for the whole batch. */
    private boolean isTaken(int place) throws InterruptedException {
        if (taken == null) {
            turns.awaitSettledBefore(turn);
            taken = taken();
        }
        return taken.get(place);
    }

    private BitSet taken() throws InterruptedException {
        var samples = batch.rows().stream().filter(Decisions::isSample).toList();
        var identities = stored.fromOthers(samples);
        var found = new BitSet();
        for (int i = 0; i < batch.rows().size(); i++) {
            var row = batch.rows().get(i);
            if (Decisions.isSample(row) && !identities.add(row.id())) {
                found.set(i);
            }
        }
        return found;
    }

    /** Keeps how far the meters have read in this turn, to be stored with what is counted. */
    void keepMeters() {
        for (int i = 0; i < meterOf.length; i++) {
            var meter = meterOf[i];
            var row = batch.rows().get(i);
            // Who has read nothing here has not waited for what becomes of others either.
            if (meter != null && Decisions.hasReading(row.values()) && meter.isToKeepIn(turn)) {
                states.put(GpuMeters.series(row), meter.state());
            }
        }
    }

    /** Stores what is decided and not stored; what was refused leaves no trace in the meters. */
    void store(Metering.Writing writing) throws InterruptedException {
        var written = writing.write(round());
        Set<Row> refused = Collections.newSetFromMap(new IdentityHashMap<>());
        refused.addAll(written.refused());
        open.forEach(
                (meter, sample) -> {
                    if (refused.contains(rows().get(sample.place))) {
                        meter.takeBack(sample.before);
                        states.replace(sample.series, sample.before);
                    }
                });
        open.clear();
        blocked.clear();
        count(written.counted());
    }

    private Batch round() {
        if (done == null && undecided == 0) {
            return changed == null ? batch : batch.with(changed);
        }
        var isFirst = done == null;
        var stays = done == null ? new BitSet() : done;
        var now = new ArrayList<Row>();
        var waiting = new BitSet();
        IntStream.of(left).limit(undecided).forEach(waiting::set);
        for (int i = 0; i < meterOf.length; i++) {
            if (!stays.get(i) && !waiting.get(i)) {
                now.add(rows().get(i));
                stays.set(i);
            }
        }
        done = stays;
        return new Batch(now, isFirst ? batch.rejected() : List.of(), batch.next(), batch.bytes());
    }

    private void count(List<CountedRow> more) {
        if (counted.isEmpty()) {
            counted = more;
            return;
        }
        var all = new ArrayList<CountedRow>(counted);
        all.addAll(more);
        all.sort(BY_OFFSET);
        counted = all;
    }

    /** What counts of the batch, once all of it is stored. */
    CountedBatch counted() {
        states.values().removeIf(MeterState::isEmpty);
        return new CountedBatch(counted, states);
    }
}
