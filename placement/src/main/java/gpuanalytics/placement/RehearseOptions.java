package gpuanalytics.placement;

import gpuanalytics.placement.policy.Policy;
import gpuanalytics.placement.policy.Search;
import gpuanalytics.placement.policy.Ties;
import gpuanalytics.placement.rehearse.RehearsalPlan;
import gpuanalytics.placement.trace.BadInputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What the command line of a rehearsal asks for. */
final class RehearseOptions {

    /** How the result is printed. */
    enum Format {
        TABLE,
        JSON,
        CSV
    }

    static final String HELP =
            """
            rehearse: how many GPUs would other placements have put to use? Requests arrive in a
            random order until they ask for 130 %% of all GPUs; nothing is placed anywhere.

            usage: rehearse [options]

              --nodes FILE           CSV with cpu_milli, memory_mib, gpu and maybe model
              --pods FILE            CSV with cpu_milli, memory_mib, num_gpu and maybe gpu_milli,
                                     gpu_spec, team; without both files a small example is used
              --policy P,P           of %s (all)
              --present P            the one of them to compare with (the last)
              --seeds N              runs of each policy, with another order each (10)
              --first-seed N         the first run's seed (42)
              --ties first|random    which of equal nodes; random as a kube-scheduler (first)
              --nodes-seen N         stop looking after N nodes that fit (all)
              --typical-pods PCT     how much of all requests the typical ones cover (95)
              --price USD            what a GPU costs an hour, for dollars a month
              --lenient              end with 0 where rows could not be used
              --json | --csv         a line per policy, or the curves, and nothing else
              --help                 print this

            exit codes: 0 done, 2 the command line or a file cannot be used, 3 rows could not be used
            """
                    .formatted(String.join(", ", Policy.labels()));

    private static final int MAX_SEEDS = 1000;
    private static final int MAX_NODES_SEEN = 100_000;
    private static final double MAX_PRICE = 10_000;

    private Optional<Path> nodes = Optional.empty();
    private Optional<Path> pods = Optional.empty();
    private List<Policy> policies = List.of(Policy.values());
    private Optional<Policy> present = Optional.empty();
    private int seeds = RehearsalPlan.DEFAULT_SEEDS;
    private long firstSeed = RehearsalPlan.DEFAULT_FIRST_SEED;
    private Ties ties = Ties.FIRST;
    private int nodesSeen = Search.ALL_NODES;
    private double typicalPercent = RehearsalPlan.DEFAULT_TYPICAL_PERCENT;
    private OptionalDouble price = OptionalDouble.empty();
    private boolean lenient;
    private Format format = Format.TABLE;

    private RehearseOptions() {}

    /**
     * Reads the command line.
     *
     * @throws BadInputException for an unknown option or a bad value
     */
    static RehearseOptions parse(List<String> arguments) throws BadInputException {
        var options = new RehearseOptions();
        for (var left = arguments.iterator(); left.hasNext(); ) {
            options.take(left.next(), left);
        }
        if (options.nodes.isPresent() != options.pods.isPresent()) {
            throw new BadInputException("one of --nodes and --pods is missing, expected both");
        }
        if (!options.policies.contains(options.present())) {
            throw new BadInputException(
                    "--present is %s, expected one of --policy"
                            .formatted(options.present().label()));
        }
        return options;
    }

    private void take(String option, Iterator<String> left) throws BadInputException {
        switch (option) {
            case "--nodes" -> nodes = Optional.of(path(option, value(option, left)));
            case "--pods" -> pods = Optional.of(path(option, value(option, left)));
            case "--policy" -> policies = policies(value(option, left));
            case "--present" -> present = Optional.of(policy(option, value(option, left)));
            case "--seeds" -> seeds = (int) number(option, left, 1, MAX_SEEDS);
            case "--first-seed" -> firstSeed = (long) number(option, left, 0, Integer.MAX_VALUE);
            case "--ties" -> ties = ties(value(option, left));
            case "--nodes-seen" -> nodesSeen = (int) number(option, left, 1, MAX_NODES_SEEN);
            case "--typical-pods" -> typicalPercent = number(option, left, 1, 100);
            case "--price" -> price = OptionalDouble.of(decimal(option, left, MAX_PRICE));
            case "--lenient" -> lenient = true;
            case "--json" -> format = Format.JSON;
            case "--csv" -> format = Format.CSV;
            default ->
                    throw new BadInputException(
                            "%s is no option, expected one that --help lists".formatted(option));
        }
    }

    private static String value(String option, Iterator<String> left) throws BadInputException {
        if (!left.hasNext()) {
            throw new BadInputException(option + " is the last word, expected a value behind it");
        }
        return left.next();
    }

    private static Path path(String option, String name) throws BadInputException {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw bad(option, name, "a file name");
        }
    }

    private static List<Policy> policies(String labels) throws BadInputException {
        var policies = new ArrayList<Policy>();
        for (var label : labels.split(",", -1)) {
            var policy = policy("--policy", label);
            if (policies.contains(policy)) {
                throw bad("--policy", label + " twice", "each once");
            }
            policies.add(policy);
        }
        return policies;
    }

    private static Policy policy(String option, String label) throws BadInputException {
        var policy = Policy.of(label);
        if (policy.isEmpty()) {
            throw bad(option, label, "one of " + String.join(", ", Policy.labels()));
        }
        return policy.get();
    }

    private static Ties ties(String word) throws BadInputException {
        return switch (word) {
            case "first" -> Ties.FIRST;
            case "random" -> Ties.RANDOM;
            default -> throw bad("--ties", word, "first or random");
        };
    }

    private static double number(String option, Iterator<String> left, int min, int max)
            throws BadInputException {
        var text = value(option, left);
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException ignored) {
            // refused below
        }
        throw bad(option, text, "a whole number from %d to %d".formatted(min, max));
    }

    private static double decimal(String option, Iterator<String> left, double max)
            throws BadInputException {
        var text = value(option, left);
        try {
            double number = Double.parseDouble(text);
            if (number >= 0 && number <= max) {
                return number;
            }
        } catch (NumberFormatException ignored) {
            // refused below
        }
        throw bad(option, text, "a number from 0 to %.0f".formatted(max));
    }

    private static BadInputException bad(String option, String value, String expected) {
        return new BadInputException("%s is %s, expected %s".formatted(option, value, expected));
    }

    Optional<Path> nodes() {
        return nodes;
    }

    Optional<Path> pods() {
        return pods;
    }

    double typicalPercent() {
        return typicalPercent;
    }

    OptionalDouble price() {
        return price;
    }

    boolean isLenient() {
        return lenient;
    }

    Format format() {
        return format;
    }

    private Policy present() {
        return present.orElse(policies.getLast());
    }

    RehearsalPlan plan() {
        return new RehearsalPlan(
                policies,
                present(),
                seeds,
                firstSeed,
                new Search(ties, nodesSeen),
                RehearsalPlan.DEFAULT_TARGET_PERCENT,
                RehearsalPlan.DEFAULT_COMPARE_AT_PERCENT);
    }
}
