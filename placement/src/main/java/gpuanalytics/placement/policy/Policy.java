package gpuanalytics.placement.policy;

import gpuanalytics.placement.fragment.Fragmentation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/** A rule that says which node a request gets. */
public enum Policy {
    FGD_BEST_FIT("FGD + 0.05 × best-fit, without rounding"),
    FGD("fragmentation gradient descent as published, in whole points"),
    BEST_FIT("least CPU and GPU left"),
    GPU_PACKING("GPUs in use first"),
    GPU_CLUSTERING("requests for as many GPUs together"),
    DOTPROD("what is left is least like the request"),
    RANDOM("any node that fits"),
    DEFAULT("the default scorers: much CPU and memory left, both used alike");

    /**
     * Twice as much does as well: it decides among nodes that fragmentation does not tell apart.
     */
    public static final double BEST_FIT_WEIGHT = 0.05;

    private final String meaning;

    Policy(String meaning) {
        this.meaning = meaning;
    }

    /** Its name on command lines and in answers, such as {@code best-fit}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String meaning() {
        return meaning;
    }

    /** The policy with this label. */
    public static Optional<Policy> of(String label) {
        return Arrays.stream(values()).filter(policy -> policy.label().equals(label)).findFirst();
    }

    /** The labels of all policies. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Policy::label).toList();
    }

    boolean choosesAtRandom() {
        return this == RANDOM;
    }

    Scorer scorer(Fragmentation fragmentation, SplittableRandom random) {
        return switch (this) {
            case FGD_BEST_FIT -> new FragmentGradient(fragmentation, BEST_FIT_WEIGHT);
            case FGD -> new FragmentGradient(fragmentation, 0);
            case BEST_FIT -> new BestFit();
            case GPU_PACKING -> new GpuPacking();
            case GPU_CLUSTERING -> new GpuClustering();
            case DOTPROD -> new DotProduct();
            case RANDOM -> new RandomNode(random);
            case DEFAULT -> new DefaultScorers();
        };
    }
}
