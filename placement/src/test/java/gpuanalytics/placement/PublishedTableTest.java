package gpuanalytics.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuanalytics.embedded.testing.Lane;
import gpuanalytics.placement.policy.Policy;
import gpuanalytics.placement.policy.Search;
import gpuanalytics.placement.policy.Ties;
import gpuanalytics.placement.rehearse.PolicyResult;
import gpuanalytics.placement.rehearse.Rehearsal;
import gpuanalytics.placement.rehearse.RehearsalPlan;
import gpuanalytics.placement.rehearse.Scenario;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The allocation that the FGD paper's artifact reached, policy by policy, on the traces that lie
 * beside the repository, with as many seeds as were published.
 */
class PublishedTableTest {

    private static final int SEEDS = 10;
    private static final int[] POINTS = {80, 90, 95, 100, 130};
    private static final double TOLERANCE = 0.4;
    private static final Map<String, Policy> NAMES =
            Map.of(
                    "Random", Policy.RANDOM,
                    "DotProd", Policy.DOTPROD,
                    "GpuClustering", Policy.GPU_CLUSTERING,
                    "GpuPacking", Policy.GPU_PACKING,
                    "BestFit", Policy.BEST_FIT,
                    "FGD", Policy.FGD);

    @ParameterizedTest
    @ValueSource(strings = {"default", "gpushare100", "gpuspec33"})
    void reachesTheAllocationThatWasPublished(String trace) throws Exception {
        var published = published("openb_pod_list_" + trace);
        var policies = published.stream().map(Published::policy).toList();
        var results = rehearse(trace, policies, new Search(Ties.FIRST, Search.ALL_NODES));

        var misses = new ArrayList<String>();
        for (int row = 0; row < published.size(); row++) {
            misses.addAll(compare(trace, published.get(row), results.get(row)));
        }

        assertEquals(List.of(), misses);
    }

    @Test
    void fgdWithBestFitHoldsWhereTiesAreBrokenByChanceAndFewNodesAreSeen() throws Exception {
        var policies = List.of(Policy.FGD_BEST_FIT, Policy.FGD, Policy.BEST_FIT);
        var seen = rehearse("default", policies, new Search(Ties.RANDOM, 486));
        var all = rehearse("default", policies, new Search(Ties.RANDOM, Search.ALL_NODES));
        for (int policy = 0; policy < policies.size(); policy++) {
            System.out.printf(
                    Locale.ROOT,
                    "random ties, %-12s all nodes %.2f, 486 nodes %.2f%n",
                    policies.get(policy).label(),
                    all.get(policy).allocatedPercent(130).mean(),
                    seen.get(policy).allocatedPercent(130).mean());
        }

        assertTrue(all.get(0).allocatedPercent(130).mean() >= 95.2);
        assertTrue(seen.get(0).allocatedPercent(130).mean() >= 95.2);
        assertTrue(seen.get(1).allocatedPercent(130).mean() < 92, "FGD alone falls");
    }

    private record Published(Policy policy, List<Double> means, List<Double> sds) {}

    private static List<String> compare(String trace, Published published, PolicyResult ours) {
        var misses = new ArrayList<String>();
        var line = new StringBuilder("%-12s %-14s".formatted(trace, ours.policy().label()));
        for (int point = 0; point < POINTS.length; point++) {
            double mean = ours.allocatedPercent(POINTS[point]).mean();
            double wanted = published.means().get(point);
            line.append(" %3d: %.2f (%.2f)".formatted(POINTS[point], mean, wanted));
            if (Math.abs(mean - wanted) > TOLERANCE + published.sds().get(point)) {
                misses.add(
                        "%s %s at %d: %.2f, published %.2f"
                                .formatted(trace, ours.policy(), POINTS[point], mean, wanted));
            }
        }
        System.out.println(line);
        return misses;
    }

    private static List<PolicyResult> rehearse(String trace, List<Policy> policies, Search search)
            throws BadInputException, InterruptedException {
        var folder = data();
        var reader = new TraceReader(100_000, 1_000_000);
        var pods =
                trace.equals("default")
                        ? "openb_pod_list_default.csv"
                        : "variants/openb_pod_list_%s.csv".formatted(trace);
        var workload =
                Scenario.of(
                        reader.nodes(folder.resolve("openb_node_list_gpu_node.csv")).rows(),
                        reader.pods(folder.resolve(pods)).rows(),
                        RehearsalPlan.DEFAULT_TYPICAL_PERCENT,
                        RehearsalPlan.DEFAULT_TARGET_PERCENT);
        var plan =
                new RehearsalPlan(
                        policies,
                        policies.getFirst(),
                        SEEDS,
                        RehearsalPlan.DEFAULT_FIRST_SEED,
                        search,
                        RehearsalPlan.DEFAULT_TARGET_PERCENT,
                        RehearsalPlan.DEFAULT_COMPARE_AT_PERCENT);
        return Rehearsal.run(workload, plan, 2).policies();
    }

    private static List<Published> published(String workload) throws IOException {
        var rows = new ArrayList<Published>();
        for (var line : Files.readAllLines(data().resolve("published_allocation.csv"))) {
            var cells = line.split(",", -1);
            var policy = NAMES.get(cells[1]);
            if (cells[0].equals(workload) && policy != null) {
                var numbers = Arrays.stream(cells).skip(3).map(Double::valueOf).toList();
                var means = new ArrayList<Double>();
                var sds = new ArrayList<Double>();
                for (int point = 0; point < POINTS.length; point++) {
                    means.add(numbers.get(2 * point));
                    sds.add(numbers.get(2 * point + 1));
                }
                rows.add(new Published(policy, means, sds));
            }
        }
        return rows;
    }

    private static Path data() {
        var found = find();
        if (found == null) {
            Lane.sayAbsent("published table", "shared/data/alibaba-gpu-v2023 is not there");
        }
        assumeTrue(found != null);
        return Objects.requireNonNull(found);
    }

    private static @Nullable Path find() {
        for (var up : List.of("../shared", "../../shared")) {
            var path = Path.of(up, "data/alibaba-gpu-v2023");
            if (Files.exists(path)) {
                return path;
            }
        }
        return null;
    }
}
