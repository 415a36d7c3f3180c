package gpuanalytics.bench;

import gpuanalytics.bench.command.CommandLine;
import gpuanalytics.bench.load.Workload;
import gpuanalytics.bench.store.StoreProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a race is about.
 *
 * @param only names of the contenders
 * @param workloads which workloads
 * @param records how many records each has
 * @param rounds how often each contender runs each
 * @param once the workloads that each contender runs once only, with the first delay
 * @param delaysMillis how long the acknowledging store takes per write; a race for each
 * @param storing a store that stores, which races instead of the acknowledging one; null for none
 * @param seed what the records are made from
 * @param classPath where our processor is; this program's own class path by default
 * @param heap its largest heap
 * @param settings variables for it
 * @param connector where the connector is
 * @param beside whether what stands beside the race is measured too: poll, ages, starts
 * @param results the file for all figures; null for none
 * @param page the page whose measured part is replaced; null for none
 * @param recording whether the JVM's flight recorder runs along
 * @param directory where topics, logs and recordings lie
 */
record RaceOptions(
        Set<String> only,
        List<Workload> workloads,
        long records,
        int rounds,
        Set<Workload> once,
        List<Integer> delaysMillis,
        @Nullable String storing,
        long seed,
        String classPath,
        String heap,
        Map<String, String> settings,
        Path connector,
        boolean beside,
        @Nullable Path results,
        @Nullable Path page,
        boolean recording,
        Path directory) {

    static final String HELP =
            """
            --only NAMES      ours, connector-defaults, connector-tuned; with commas (default: all)
            --workload a,b    letters from a to f (default: all)
            --records N       records of each workload (default 4000000)
            --rounds N        how often each runs (default 3)
            --once a,c,e      workloads that run one round, with the first delay only
            --delay-ms 0,5    how long the store takes per write (default 0,5)
            --store-url URL   race on that store, which stores, instead of one that acknowledges;
                              a database for each round, dropped after it
            --seed N          what the records are made from (default 1)
            --classpath CP    where our processor is, to race another version
            --heap SIZE       our largest heap (default 512m)
            --env NAME=VALUE  a variable for our processor; may be repeated
            --connector DIR   where the connector is (default bench/connector/target)
            --beside          measure what stands beside the race too: poll, ages, starts
            --results FILE    keep all figures there, as JSON
            --page FILE       replace the measured part of that page
            --jfr             record a profile of ours and print its summary
            --dir DIR         where topics and logs lie (default bench/target/race)
            """;

    private static final List<String> CONTENDERS =
            List.of("ours", "connector-defaults", "connector-tuned");
    private static final Set<String> FLAGS = Set.of("--jfr", "--beside");

    static RaceOptions parse(String[] arguments) {
        var line = CommandLine.parse(arguments, HELP, FLAGS);
        return new RaceOptions(
                contenders(line),
                line.words("--workload", "a,b,c,d,e,f").stream().map(Workload::of).toList(),
                line.number("--records", 4_000_000, 1),
                Math.toIntExact(line.number("--rounds", 3, 0)),
                once(line),
                line.words("--delay-ms", "0,5").stream()
                        .map(each -> Math.toIntExact(CommandLine.number("--delay-ms", each, 0)))
                        .toList(),
                line.has("--store-url") ? line.text("--store-url", "") : null,
                line.number("--seed", 1, 0),
                line.text("--classpath", System.getProperty("java.class.path")),
                line.text("--heap", "512m"),
                line.settings("--env"),
                Path.of(line.text("--connector", "bench/connector/target")).toAbsolutePath(),
                line.has("--beside"),
                line.path("--results"),
                line.path("--page"),
                line.has("--jfr"),
                Path.of(line.text("--dir", "bench/target/race")).toAbsolutePath());
    }

    /** The store that races: an acknowledging one, which also counts what another one stores. */
    StoreProcess store() {
        return storing == null
                ? StoreProcess.start(directory)
                : StoreProcess.before(storing, directory);
    }

    /** How often each contender runs a workload. */
    int rounds(Workload workload) {
        return once.contains(workload) ? Math.min(1, rounds) : rounds;
    }

    /** The delays that a workload runs with. */
    List<Integer> delaysMillis(Workload workload) {
        return once.contains(workload) ? delaysMillis.subList(0, 1) : delaysMillis;
    }

    private static Set<Workload> once(CommandLine line) {
        return line.words("--once", "").stream()
                .filter(word -> !word.isEmpty())
                .map(word -> Workload.of("--once", word))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> contenders(CommandLine line) {
        var names = line.words("--only", String.join(",", CONTENDERS));
        for (var name : names) {
            if (!CONTENDERS.contains(name)) {
                throw new IllegalArgumentException(
                        "--only is %s, expected of %s".formatted(name, CONTENDERS));
            }
        }
        return Set.copyOf(names);
    }
}
