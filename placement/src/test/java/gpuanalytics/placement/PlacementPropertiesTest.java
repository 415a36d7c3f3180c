package gpuanalytics.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.placement.cluster.Cluster;
import gpuanalytics.placement.cluster.GpuModels;
import gpuanalytics.placement.cluster.NodeSpec;
import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.fragment.Fragmentation;
import gpuanalytics.placement.fragment.TypicalPods;
import gpuanalytics.placement.policy.Placer;
import gpuanalytics.placement.policy.Policy;
import gpuanalytics.placement.policy.Search;
import gpuanalytics.placement.policy.Ties;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every policy, on clusters and requests of chance. */
class PlacementPropertiesTest {

    private static final int CLUSTERS = 20;
    private static final int REQUESTS = 400;

    @ParameterizedTest
    @EnumSource
    void noNodeAndNoGpuIsGivenMoreThanItHas(Policy policy) {
        forEachCluster(
                policy,
                world -> {
                    for (int number = 0; number < world.cluster().size(); number++) {
                        var node = world.cluster().node(number);
                        assertTrue(node.cpuFreeMilli() >= 0 && node.memoryFreeMib() >= 0);
                        int free = 0;
                        for (int gpu = 0; gpu < node.gpus(); gpu++) {
                            assertTrue(node.gpuFreeMilli(gpu) >= 0);
                            assertTrue(node.gpuFreeMilli(gpu) <= 1000);
                            free += node.gpuFreeMilli(gpu);
                        }
                        assertEquals(free, node.gpuFreeMilliInAll());
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void fragmentationKeptUpToDateIsThatFromScratch(Policy policy) {
        forEachCluster(
                policy,
                world ->
                        assertEquals(
                                new Fragmentation(world.cluster(), world.typical()).weight(),
                                world.fragmentation().weight()));
    }

    /** A second placer has computed nothing yet: what the first one kept must not differ. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RANDOM")
    void aDecisionFromKeptScoresIsTheOneFromScratch(Policy policy) {
        forEachCluster(
                policy,
                world -> {
                    for (int shape = 0; shape < world.shapes().size(); shape++) {
                        assertEquals(
                                placer(policy, world, 1).node(shape), world.placer().node(shape));
                    }
                });
    }

    private record World(
            Cluster cluster,
            List<Shape> shapes,
            TypicalPods typical,
            Fragmentation fragmentation,
            List<Placer> placers) {

        Placer placer() {
            return placers.getFirst();
        }
    }

    private interface Check {
        void check(World world);
    }

    private static void forEachCluster(Policy policy, Check check) {
        for (int seed = 0; seed < CLUSTERS; seed++) {
            System.out.println("[seed] " + policy + " " + seed);
            var random = new SplittableRandom(seed);
            var world = world(policy, random);
            for (int request = 0; request < REQUESTS; request++) {
                place(world, random.nextInt(world.shapes().size()));
                if (request % 40 == 0) {
                    check.check(world);
                }
            }
        }
    }

    private static void place(World world, int shape) {
        int number = world.placer().node(shape);
        if (number != Placer.NONE) {
            var node = world.cluster().node(number);
            assertTrue(node.fits(world.shapes().get(shape)));
            int gpu = world.placer().gpu(shape, node);
            world.cluster().place(node, world.shapes().get(shape), gpu);
            world.fragmentation().update(node);
        }
    }

    private static World world(Policy policy, SplittableRandom random) {
        var specs = new ArrayList<NodeSpec>();
        for (int node = 0; node < 20; node++) {
            specs.add(
                    new NodeSpec(
                            16_000 + random.nextInt(80_000),
                            64_000 + random.nextInt(300_000),
                            random.nextInt(9),
                            random.nextInt(3)));
        }
        var counts = new LinkedHashMap<Shape, Long>();
        while (counts.size() < 12) {
            counts.put(shape(random), 1L + random.nextInt(50));
        }
        var cluster = new Cluster(specs);
        var typical = new TypicalPods(counts, 95);
        var world =
                new World(
                        cluster,
                        List.copyOf(counts.keySet()),
                        typical,
                        new Fragmentation(cluster, typical),
                        new ArrayList<>());
        world.placers().add(placer(policy, world, 1));
        return world;
    }

    private static Shape shape(SplittableRandom random) {
        int gpus = random.nextInt(5);
        int milli = gpus == 0 ? 0 : gpus == 1 ? 1 + random.nextInt(1000) : 1000;
        long models = gpus == 0 || random.nextBoolean() ? GpuModels.ANY : 1 + random.nextInt(7);
        return new Shape(random.nextInt(16_000), random.nextInt(40_000), gpus, milli, models);
    }

    private static Placer placer(Policy policy, World world, long seed) {
        return new Placer(
                policy,
                world.cluster(),
                world.fragmentation(),
                world.shapes(),
                new Search(Ties.FIRST, Search.ALL_NODES),
                new SplittableRandom(seed));
    }
}
