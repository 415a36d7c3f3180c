package gpuanalytics.processor.ledger;

import gpuanalytics.processor.gpuname.GpuNames;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A GPU in a minute, of all rollups under its names. One that is divided into MIG instances is
 * split among them, each then with tokens and an owner of its own: its time by the time that each
 * covers, so that together they cost what the GPU does; its energy as they tell it, else the same
 * way.
 */
final class Board {

    /** A GPU or a MIG instance in a minute. */
    record Part(GpuRow row, GpuMinute minute) {}

    /** By the instance; that of the GPU itself is under the empty text. */
    private final NavigableMap<String, GpuRow> rows = new TreeMap<>();

    void add(GpuRow row) {
        rows.merge(
                instance(row),
                row,
                (one, other) ->
                        new GpuRow(
                                one.series(),
                                one.name(),
                                one.labels(),
                                one.sums().and(other.sums())));
    }

    /** The instance that a rollup is of; the empty text for the GPU itself. */
    static String instance(GpuRow row) {
        var mig = row.labels().migId();
        var name = row.name();
        if (mig != null) {
            return mig;
        }
        return name != null && GpuNames.isInstance(name) ? name : "";
    }

    /** The time of it that its samples stand for. */
    long coveredUs() {
        var whole = rows.get("");
        long covered =
                whole != null
                        ? whole.sums().coveredUs()
                        : rows.values().stream()
                                .mapToLong(row -> row.sums().coveredUs())
                                .max()
                                .orElse(0);
        return Math.clamp(covered, 0, isOfMany() ? Long.MAX_VALUE : GpuMinute.MINUTE_US);
    }

    /** GPUs beyond the limit count together; how many they are is not known. */
    private boolean isOfMany() {
        return rows.values().stream().allMatch(row -> row.name() == null);
    }

    /** What says whose it is, and at which price: the GPU itself rather than an instance of it. */
    GpuRow described() {
        var whole = rows.get("");
        return whole == null ? rows.firstEntry().getValue() : whole;
    }

    /** Its parts: the GPU itself where it is not divided. */
    List<Part> parts() {
        var whole = rows.get("");
        if (rows.size() == 1) {
            return List.of(new Part(rows.firstEntry().getValue(), alone()));
        }
        var instances = new ArrayList<>(rows.values());
        if (whole != null) {
            instances.remove(whole);
        }
        var weights =
                instances.stream().mapToLong(row -> Math.max(1, row.sums().coveredUs())).toArray();
        var covered = LargestRemainder.split(coveredUs(), weights);
        var energy = energies(instances, whole, weights);
        var parts = new ArrayList<Part>();
        for (int i = 0; i < covered.length; i++) {
            var row = instances.get(i);
            parts.add(
                    new Part(
                            row,
                            new GpuMinute(covered[i], energy.get(i), row.sums().busyMillionths())));
        }
        return parts;
    }

    private GpuMinute alone() {
        var sums = rows.firstEntry().getValue().sums();
        return new GpuMinute(coveredUs(), nonNegative(sums.energyUj()), sums.busyMillionths());
    }

    private static List<@Nullable Long> energies(
            List<GpuRow> instances, @Nullable GpuRow whole, long[] weights) {
        var energies = new ArrayList<@Nullable Long>();
        instances.forEach(row -> energies.add(nonNegative(row.sums().energyUj())));
        var ofWhole = whole == null ? null : nonNegative(whole.sums().energyUj());
        if (ofWhole != null && energies.stream().allMatch(energy -> energy == null)) {
            var split = LargestRemainder.split(ofWhole, weights);
            for (int i = 0; i < split.length; i++) {
                energies.set(i, split[i]);
            }
        }
        return energies;
    }

    private static @Nullable Long nonNegative(@Nullable Long energy) {
        return energy == null ? null : Long.valueOf(Math.max(0, energy));
    }
}
