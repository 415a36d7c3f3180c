package gpuanalytics.bench;

import gpuanalytics.bench.load.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a race is about.
 *
 * @param only names of the contenders
 * @param workloads which workloads
 * @param records how many records each has
 * @param rounds how often each contender runs each
 * @param delaysMillis how long the acknowledging store takes per write; a race for each
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
        List<Integer> delaysMillis,
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
            --delay-ms 0,5    how long the store takes per write (default 0,5)
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
        var given = new HashMap<String, List<String>>();
        for (int i = 0; i < arguments.length; i++) {
            var name = arguments[i];
            if (!HELP.contains(name + " ")) {
                throw new IllegalArgumentException(
                        "unknown option %s, expected one of%n%s".formatted(name, HELP));
            }
            var hasValue = !FLAGS.contains(name);
            if (hasValue && i + 1 == arguments.length) {
                throw new IllegalArgumentException("%s has no value".formatted(name));
            }
            given.computeIfAbsent(name, _ -> new ArrayList<>()).add(hasValue ? arguments[++i] : "");
        }
        return new RaceOptions(
                contenders(given),
                words(given, "--workload", "a,b,c,d,e,f").stream().map(Workload::of).toList(),
                number(given, "--records", 4_000_000, 1),
                Math.toIntExact(number(given, "--rounds", 3, 0)),
                words(given, "--delay-ms", "0,5").stream()
                        .map(each -> Math.toIntExact(number("--delay-ms", each, 0)))
                        .toList(),
                number(given, "--seed", 1, 0),
                last(given, "--classpath", System.getProperty("java.class.path")),
                last(given, "--heap", "512m"),
                settings(given.getOrDefault("--env", List.of())),
                Path.of(last(given, "--connector", "bench/connector/target")).toAbsolutePath(),
                given.containsKey("--beside"),
                path(given, "--results"),
                path(given, "--page"),
                given.containsKey("--jfr"),
                Path.of(last(given, "--dir", "bench/target/race")).toAbsolutePath());
    }

    private static String last(Map<String, List<String>> given, String name, String unlessGiven) {
        return given.getOrDefault(name, List.of(unlessGiven)).getLast();
    }

    private static Set<String> contenders(Map<String, List<String>> given) {
        var names = words(given, "--only", String.join(",", CONTENDERS));
        for (var name : names) {
            if (!CONTENDERS.contains(name)) {
                throw new IllegalArgumentException(
                        "--only is %s, expected of %s".formatted(name, CONTENDERS));
            }
        }
        return Set.copyOf(names);
    }

    private static long number(
            Map<String, List<String>> given, String name, long unlessGiven, long min) {
        return number(name, last(given, name, Long.toString(unlessGiven)), min);
    }

    private static long number(String name, String text, long min) {
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= Integer.MAX_VALUE) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException(
                "%s is %s, expected a whole number from %d".formatted(name, text, min));
    }

    private static @Nullable Path path(Map<String, List<String>> given, String name) {
        var paths = given.get(name);
        return paths == null ? null : Path.of(paths.getLast());
    }

    private static List<String> words(
            Map<String, List<String>> given, String name, String unlessGiven) {
        return List.of(last(given, name, unlessGiven).split(",", -1));
    }

    private static Map<String, String> settings(List<String> pairs) {
        var settings = new HashMap<String, String>();
        for (var pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "--env is %s, expected NAME=VALUE".formatted(pair));
            }
            settings.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return settings;
    }
}
