package gpuanalytics.placement.rehearse;

import gpuanalytics.placement.policy.Policy;
import gpuanalytics.placement.policy.Search;
import gpuanalytics.placement.policy.Ties;
import gpuanalytics.placement.trace.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How somebody wants to rehearse, word by word: of the command line or of a document. What is not
 * said has its default; each method refuses what cannot be used, under the name that it is given.
 */
public final class PlanRequest {

    private static final int MAX_NODES_SEEN = 100_000;

    private final int maxSeeds;
    private List<Policy> policies = List.of(Policy.values());
    private Optional<Policy> present = Optional.empty();
    private int seeds = RehearsalPlan.DEFAULT_SEEDS;
    private long firstSeed = RehearsalPlan.DEFAULT_FIRST_SEED;
    private Ties ties = Ties.FIRST;
    private int nodesSeen = Search.ALL_NODES;
    private double typicalPercent = RehearsalPlan.DEFAULT_TYPICAL_PERCENT;

    /** A request for at most so many seeds. */
    public PlanRequest(int maxSeeds) {
        this.maxSeeds = maxSeeds;
        seeds = Math.min(seeds, maxSeeds);
    }

    /** Which policies, each once. */
    public void policies(String name, List<String> labels) throws BadInputException {
        var chosen = new ArrayList<Policy>();
        for (var label : labels) {
            var policy = policy(name, label);
            if (chosen.contains(policy)) {
                throw bad(name, label + " twice", "each once");
            }
            chosen.add(policy);
        }
        if (chosen.isEmpty()) {
            throw bad(name, "empty", "some of " + String.join(", ", Policy.labels()));
        }
        policies = chosen;
    }

    /** Which of them is used today; by default the last. */
    public void present(String name, String label) throws BadInputException {
        present = Optional.of(policy(name, label));
    }

    public void seeds(String name, String text) throws BadInputException {
        seeds = whole(name, text, 1, maxSeeds);
    }

    public void firstSeed(String name, String text) throws BadInputException {
        firstSeed = whole(name, text, 0, Integer.MAX_VALUE);
    }

    /** {@code first} or {@code random}. */
    public void ties(String name, String word) throws BadInputException {
        ties =
                switch (word) {
                    case "first" -> Ties.FIRST;
                    case "random" -> Ties.RANDOM;
                    default -> throw bad(name, word, "first or random");
                };
    }

    public void nodesSeen(String name, String text) throws BadInputException {
        nodesSeen = whole(name, text, 1, MAX_NODES_SEEN);
    }

    /** How much of all requests the typical ones cover. */
    public void typicalPercent(String name, String text) throws BadInputException {
        typicalPercent = whole(name, text, 1, 100);
    }

    public double typicalPercent() {
        return typicalPercent;
    }

    /**
     * The plan.
     *
     * @param presentName what the present policy was asked for as
     * @param policiesName what the policies were asked for as
     */
    public RehearsalPlan plan(String presentName, String policiesName) throws BadInputException {
        var today = present.orElse(policies.getLast());
        if (!policies.contains(today)) {
            throw bad(presentName, today.label(), "one of " + policiesName);
        }
        return new RehearsalPlan(
                policies,
                today,
                seeds,
                firstSeed,
                new Search(ties, nodesSeen),
                RehearsalPlan.DEFAULT_TARGET_PERCENT,
                RehearsalPlan.DEFAULT_COMPARE_AT_PERCENT);
    }

    private static Policy policy(String name, String label) throws BadInputException {
        var policy = Policy.of(label);
        if (policy.isEmpty()) {
            throw bad(name, label, "one of " + String.join(", ", Policy.labels()));
        }
        return policy.get();
    }

    private static int whole(String name, String text, int min, int max) throws BadInputException {
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException ignored) {
            // refused below
        }
        throw bad(name, text, "a whole number from %d to %d".formatted(min, max));
    }

    private static BadInputException bad(String name, String value, String expected) {
        var shown = value.length() > 80 ? value.substring(0, 80) + "…" : value;
        return new BadInputException("%s is %s, expected %s".formatted(name, shown, expected));
    }
}
