package gpuanalytics.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The measured part of docs/performance.md. It stands between two marks and is replaced by every
 * run; what people wrote around it stays.
 */
public final class PerformancePage {

    private static final String BEGIN = "<!-- measured: begin -->";
    private static final String END = "<!-- measured: end -->";
    private static final String OURS = "ours";
    private static final String PEER = "connector-tuned";

    private PerformancePage() {}

    /** Replaces the measured part of a page that has both marks. */
    public static void update(Path page, RaceResult result) throws IOException {
        var text = Files.readString(page);
        int from = text.indexOf(BEGIN);
        int to = text.indexOf(END);
        if (from < 0 || to < from) {
            throw new IllegalStateException("%s has no %s before %s".formatted(page, BEGIN, END));
        }
        Files.writeString(
                page,
                text.substring(0, from + BEGIN.length())
                        + "\n"
                        + measured(result)
                        + text.substring(to));
    }

    /** The part between the marks, Markdown. */
    static String measured(RaceResult result) {
        var lines = new ArrayList<String>();
        lines.addAll(machine(result));
        lines.addAll(ratios(result.summaries()));
        lines.addAll(rows(result.summaries()));
        lines.addAll(measures(result.measures()));
        return String.join("\n", lines) + "\n";
    }

    private static List<String> machine(RaceResult result) {
        var machine = result.machine();
        var versions = new ArrayList<String>();
        machine.versions().forEach((name, version) -> versions.add(name + " " + version));
        return List.of(
                "%s: %s, %d cores, %d GiB, %s, %s. %s. %,d records from seed %d in each round."
                        .formatted(
                                machine.date(),
                                machine.processor(),
                                machine.cores(),
                                machine.memoryGib(),
                                machine.system(),
                                machine.java(),
                                String.join(", ", versions),
                                result.records(),
                                result.seed()),
                "");
    }

    private static List<String> ratios(List<Summary> summaries) {
        var lines = new ArrayList<String>();
        for (var ours : summaries) {
            if (ours.contender().equals(OURS)) {
                peer(summaries, ours)
                        .ifPresent(
                                peer ->
                                        lines.add(
                                                "| %s | %s | %.2f | %.2f |"
                                                        .formatted(
                                                                ours.workload(),
                                                                ours.store(),
                                                                ours.rateOver(peer),
                                                                ours.cpuOver(peer))));
            }
        }
        if (!lines.isEmpty()) {
            lines.addAll(
                    0,
                    List.of(
                            "Ours over the tuned connector (medians):",
                            "",
                            "| workload | store | records/s | CPU per record |",
                            "| --- | --- | --- | --- |"));
            lines.add("");
        }
        return lines;
    }

    /** The tuned connector in the same race. */
    public static Optional<Summary> peer(List<Summary> summaries, Summary ours) {
        return summaries.stream()
                .filter(other -> other.contender().equals(PEER))
                .filter(other -> other.workload().equals(ours.workload()))
                .filter(other -> other.store().equals(ours.store()))
                .findFirst();
    }

    private static List<String> rows(List<Summary> summaries) {
        var head =
                Stream.of(
                        "Each row: median (smallest–largest) of its rounds.",
                        "",
                        "| workload | store | who | records/s | with the last rollup | CPU-s per"
                                + " million | bytes allocated per record | peak memory, MiB | store"
                                + " writes per record |",
                        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        var rows =
                summaries.stream()
                        .map(
                                row ->
                                        "| "
                                                + String.join(
                                                        " | ",
                                                        row.workload(),
                                                        row.store(),
                                                        row.contender(),
                                                        row.recordsPerSecond().text(0),
                                                        row.recordsPerSecondToLastWrite().text(0),
                                                        row.cpuSecondsPerMillion().text(1),
                                                        text(row.allocatedBytesPerRecord(), 0),
                                                        text(row.peakResidentMib(), 0),
                                                        text(row.writesPerRecord(), 2))
                                                + " |");
        return Stream.of(head, rows, Stream.of("")).flatMap(part -> part).toList();
    }

    private static List<String> measures(List<RaceResult.Measure> measures) {
        if (measures.isEmpty()) {
            return List.of();
        }
        var lines =
                new ArrayList<>(
                        List.of("| beside the race | value | unit |", "| --- | --- | --- |"));
        for (var measure : measures) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %s |",
                            measure.name(),
                            measure.value().text(measure.value().median() < 100 ? 2 : 0),
                            measure.unit()));
        }
        return lines;
    }

    private static String text(@Nullable Spread spread, int decimals) {
        return spread == null ? "not known" : spread.text(decimals);
    }
}
