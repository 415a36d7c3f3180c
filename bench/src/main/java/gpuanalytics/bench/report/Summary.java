package gpuanalytics.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All rounds of one contender with one workload and one store.
 *
 * @param contender who
 * @param workload the letter of the workload
 * @param store which store
 * @param rounds how many rounds it had
 * @param recordsPerSecond from the first raw document to the last
 * @param recordsPerSecondToLastWrite until rollups were done too
 * @param cpuSecondsPerMillion processor time per million records
 * @param allocatedBytesPerRecord null where it is not known
 * @param peakResidentMib null where it is not known
 * @param writesPerRecord inserts and updates per record; null where the store does not count
 */
public record Summary(
        String contender,
        String workload,
        String store,
        int rounds,
        Spread recordsPerSecond,
        Spread recordsPerSecondToLastWrite,
        Spread cpuSecondsPerMillion,
        @Nullable Spread allocatedBytesPerRecord,
        @Nullable Spread peakResidentMib,
        @Nullable Spread writesPerRecord) {

    /** One for each contender, workload and store, in the order in which they first ran. */
    public static List<Summary> of(List<Figures> rounds) {
        var groups = new LinkedHashMap<List<String>, List<Figures>>();
        for (var figures : rounds) {
            groups.computeIfAbsent(
                            List.of(figures.workload(), figures.store(), figures.contender()),
                            _ -> new ArrayList<>())
                    .add(figures);
        }
        return groups.values().stream().map(Summary::ofOne).toList();
    }

    /** Who ran against whom: this one's rate over another's. */
    public double rateOver(Summary other) {
        return recordsPerSecond.median() / other.recordsPerSecond.median();
    }

    /** This one's processor time over another's. */
    public double cpuOver(Summary other) {
        return cpuSecondsPerMillion.median() / other.cpuSecondsPerMillion.median();
    }

    private static Summary ofOne(List<Figures> rounds) {
        var one = rounds.getFirst();
        return new Summary(
                one.contender(),
                one.workload(),
                one.store(),
                rounds.size(),
                Objects.requireNonNull(spread(rounds, Figures::recordsPerSecond)),
                Objects.requireNonNull(spread(rounds, Figures::recordsPerSecondToLastWrite)),
                Objects.requireNonNull(spread(rounds, Figures::cpuSecondsPerMillion)),
                spread(rounds, Figures::allocatedBytesPerRecord),
                spread(rounds, Figures::peakResidentMib),
                spread(rounds, Figures::writesPerRecord));
    }

    private static @Nullable Spread spread(
            List<Figures> rounds, Function<Figures, @Nullable Double> figure) {
        var known = rounds.stream().map(figure).filter(Objects::nonNull).toList();
        return known.isEmpty() ? null : Spread.of(known);
    }
}
