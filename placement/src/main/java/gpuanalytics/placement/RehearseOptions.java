package gpuanalytics.placement;

import gpuanalytics.placement.input.WhatIf;
import gpuanalytics.placement.policy.Policy;
import gpuanalytics.placement.price.PriceBookFile;
import gpuanalytics.placement.rehearse.PlanRequest;
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
                   serve            answers over HTTP, see serve --help

              --nodes FILE           CSV with cpu_milli, memory_mib, gpu and maybe model
              --pods FILE            CSV with cpu_milli, memory_mib, num_gpu and maybe gpu_milli,
                                     gpu_spec, team; without both files a small example is used
              --cluster URL          instead of files: the GPUs and pods of the last 7 days that
                                     the processor at this URL knows
              --add-nodes N:MxG      what if there were N more nodes with G GPUs of model M, such
                                     as 10:A100x8, or 10:H200x8:192000:2097152 with milli-cores
                                     and MiB; may be given again, as the next two may
              --remove-nodes N:M     what if N nodes with GPUs of model M were gone (N:MxG: with G)
              --replace-gpus M=M     what if GPUs of the first model were of the second
              --policy P,P           of %s (all)
              --present P            the one of them to compare with (the last)
              --seeds N              runs of each policy, with another order each (10)
              --first-seed N         the first run's seed (42)
              --ties first|random    which of equal nodes; random as a kube-scheduler (first)
              --nodes-seen N         stop looking after N nodes that fit (all)
              --typical-pods PCT     how much of all requests the typical ones cover (95)
              --price USD            what a GPU costs an hour, for dollars a month
              --price-book FILE      what each model costs: YAML as docs/prices.md has it
              --market M             whose prices of it: on_demand, spot, reserved (on_demand)
              --prices-from URL      the prices that the processor at this URL has now
              --svg FILE             write the curves as a picture
              --lenient              end with 0 where rows could not be used
              --json | --csv         a line per policy, or the curves, and nothing else
              --help                 print this

            exit codes: 0 done, 2 the command line or a file cannot be used, 3 rows could not be used
            """
                    .formatted(String.join(", ", Policy.labels()));

    private static final int MAX_SEEDS = 1000;
    private static final double MAX_PRICE = 10_000;

    private final PlanRequest plan = new PlanRequest(MAX_SEEDS);
    private final List<WhatIf.Added> added = new ArrayList<>();
    private final List<WhatIf.Removed> removed = new ArrayList<>();
    private final List<WhatIf.Replaced> replaced = new ArrayList<>();
    private Optional<Path> nodes = Optional.empty();
    private Optional<Path> pods = Optional.empty();
    private Optional<String> cluster = Optional.empty();
    private OptionalDouble price = OptionalDouble.empty();
    private Optional<Path> priceBook = Optional.empty();
    private Optional<String> pricesFrom = Optional.empty();
    private String market = PriceBookFile.MARKETS.getFirst();
    private Optional<Path> svg = Optional.empty();
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
        options.check();
        return options;
    }

    private void check() throws BadInputException {
        if (nodes.isPresent() != pods.isPresent()) {
            throw new BadInputException("one of --nodes and --pods is missing, expected both");
        }
        if (nodes.isPresent() && cluster.isPresent()) {
            throw new BadInputException("--cluster is beside --nodes, expected one of them");
        }
        int prices = price.isPresent() ? 1 : 0;
        prices += priceBook.isPresent() ? 1 : 0;
        prices += pricesFrom.isPresent() ? 1 : 0;
        if (prices > 1) {
            throw new BadInputException(
                    "--price, --price-book and --prices-from are there together, expected one");
        }
        var _ = plan();
    }

    private void take(String option, Iterator<String> left) throws BadInputException {
        switch (option) {
            case "--lenient" -> lenient = true;
            case "--json" -> format = Format.JSON;
            case "--csv" -> format = Format.CSV;
            case "--nodes", "--pods", "--cluster", "--svg" -> takeFile(option, value(option, left));
            case "--price", "--price-book", "--market", "--prices-from" ->
                    takePrice(option, value(option, left));
            case "--add-nodes" -> added.add(WhatIf.added(option, value(option, left)));
            case "--remove-nodes" -> removed.add(WhatIf.removed(option, value(option, left)));
            case "--replace-gpus" -> replaced.add(WhatIf.replaced(option, value(option, left)));
            default -> takePlan(option, left);
        }
    }

    private void takeFile(String option, String value) throws BadInputException {
        switch (option) {
            case "--nodes" -> nodes = Optional.of(path(option, value));
            case "--pods" -> pods = Optional.of(path(option, value));
            case "--svg" -> svg = Optional.of(path(option, value));
            default -> cluster = Optional.of(value);
        }
    }

    private void takePrice(String option, String value) throws BadInputException {
        switch (option) {
            case "--price" -> price = OptionalDouble.of(usd(option, value));
            case "--price-book" -> priceBook = Optional.of(path(option, value));
            case "--prices-from" -> pricesFrom = Optional.of(value);
            default -> {
                if (!PriceBookFile.MARKETS.contains(value)) {
                    throw bad(option, value, "one of " + String.join(", ", PriceBookFile.MARKETS));
                }
                market = value;
            }
        }
    }

    private void takePlan(String option, Iterator<String> left) throws BadInputException {
        switch (option) {
            case "--policy" -> plan.policies(option, List.of(value(option, left).split(",", -1)));
            case "--present" -> plan.present(option, value(option, left));
            case "--seeds" -> plan.seeds(option, value(option, left));
            case "--first-seed" -> plan.firstSeed(option, value(option, left));
            case "--ties" -> plan.ties(option, value(option, left));
            case "--nodes-seen" -> plan.nodesSeen(option, value(option, left));
            case "--typical-pods" -> plan.typicalPercent(option, value(option, left));
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

    private static double usd(String option, String text) throws BadInputException {
        try {
            double number = Double.parseDouble(text);
            if (number >= 0 && number <= MAX_PRICE) {
                return number;
            }
        } catch (NumberFormatException ignored) {
            // refused below
        }
        throw bad(option, text, "a number from 0 to %.0f".formatted(MAX_PRICE));
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

    /** The processor that knows the nodes and pods. */
    Optional<String> cluster() {
        return cluster;
    }

    WhatIf whatIf() {
        return new WhatIf(replaced, removed, added);
    }

    double typicalPercent() {
        return plan.typicalPercent();
    }

    OptionalDouble price() {
        return price;
    }

    Optional<Path> priceBook() {
        return priceBook;
    }

    String market() {
        return market;
    }

    /** The processor that knows the prices. */
    Optional<String> pricesFrom() {
        return pricesFrom;
    }

    Optional<Path> svg() {
        return svg;
    }

    boolean isLenient() {
        return lenient;
    }

    Format format() {
        return format;
    }

    RehearsalPlan plan() throws BadInputException {
        return plan.plan("--present", "--policy");
    }
}
