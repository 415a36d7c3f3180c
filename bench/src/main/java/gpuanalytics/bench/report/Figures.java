package gpuanalytics.bench.report;

import gpuanalytics.bench.store.StoreCounts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one round of one contender came to.
 *
 * @param contender who
 * @param workload the letter of the workload
 * @param store which store
 * @param records raw documents that the store acknowledged
 * @param recordsPerSecond of these, from the first to the last
 * @param recordsPerSecondToLastWrite the same until rollups were done too
 * @param cpuSecondsPerMillion processor time of the contender per million records, rollups included
 * @param allocatedBytesPerRecord null where it is not known
 * @param peakResidentMib the most memory; null where it is not known
 * @param writesPerRecord inserts and updates that the store took per record
 * @param commandsPerRecord round trips per record
 * @param committed records whose offsets the group had committed in the end
 * @param startSeconds from the start of the JVM to the first raw document
 * @param writes what the store took, by command and collection
 */
public record Figures(
        String contender,
        String workload,
        String store,
        long records,
        double recordsPerSecond,
        double recordsPerSecondToLastWrite,
        double cpuSecondsPerMillion,
        @Nullable Double allocatedBytesPerRecord,
        @Nullable Double peakResidentMib,
        double writesPerRecord,
        double commandsPerRecord,
        long committed,
        double startSeconds,
        Map<String, StoreCounts.Writes> writes) {

    /** A few lines for a terminal. */
    public String text() {
        var text =
                new StringBuilder(
                        "%-18s %s %s  %,9.0f/s (%,9.0f/s to the last write) %5.1f CPU-s/M %s B/record %s MiB %.2f writes/record%n"
                                .formatted(
                                        contender,
                                        workload,
                                        store,
                                        recordsPerSecond,
                                        recordsPerSecondToLastWrite,
                                        cpuSecondsPerMillion,
                                        whole(allocatedBytesPerRecord),
                                        whole(peakResidentMib),
                                        writesPerRecord));
        writes.forEach(
                (kind, count) ->
                        text.append(
                                "    %-22s %,12d documents in %,9d commands, %,5d bytes each%n"
                                        .formatted(
                                                kind,
                                                count.documents(),
                                                count.commands(),
                                                count.bytes() / Math.max(1, count.documents()))));
        if (committed < records) {
            text.append("    committed %,d of %,d%n".formatted(committed, records));
        }
        return text.toString();
    }

    private static String whole(@Nullable Double value) {
        return value == null ? "?" : "%,.0f".formatted(value);
    }
}
