package gpuanalytics.producer.source.synthetic;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.synthetic.shard.ShardShare;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What holds for a simulated fleet of any seed, rate and size, and for the default one. */
class SimulatedFleetTest {

    private static final int FLEETS = 4;
    private static final Duration TIME = Duration.ofMinutes(20);
    private static final int SHARDS = 12;
    private static final Instant MORNING = Instant.parse("2026-03-02T09:00:00Z");
    private static final int DEFAULT_GPUS = 96;
    private static final double DEFAULT_RATE = 200;

    /** What is beside the GPU's work in each latency, and the millisecond that times are cut to. */
    private static final double BESIDE_MS = 16;

    /** The events of a fleet. */
    private record Run(Map<String, FleetGpu> gpus, List<Event> events) {

        static Run of(long seed, double rate, int gpus, Instant start, Duration time) {
            var fleet = Fleet.of(gpus);
            var options =
                    new SyntheticOptions(fleet, seed, Duration.ofSeconds(1), Duration.ofDays(1));
            var rates =
                    IntStream.range(0, SHARDS)
                            .boxed()
                            .collect(Collectors.toMap(shard -> shard, _ -> rate));
            var share = new ShardShare(SHARDS, rates);
            var source = new SyntheticSource(options, () -> share);
            source.nextDue(start);
            var byUuid =
                    fleet.gpus().stream()
                            .collect(Collectors.toMap(g -> String.valueOf(g.gpuUuid()), g -> g));
            return new Run(byUuid, source.take(start.plus(time), Integer.MAX_VALUE / 1000));
        }

        List<Event> samples() {
            return events.stream().filter(e -> e.topic() == EventTopic.GPU_METRICS).toList();
        }

        /** Requests that were answered. */
        List<Event> usages() {
            return events.stream()
                    .filter(e -> e.topic() == EventTopic.TOKEN_USAGE)
                    .filter(e -> e.require(TokenUsage.COMPLETION_TOKENS) > 0)
                    .toList();
        }

        FleetGpu gpu(String uuid) {
            return requireNonNull(gpus.get(uuid));
        }
    }

    /**
     * What holds for any fleet, asked of random seeds, rates and sizes with room for every role.
     */
    @TestFactory
    Stream<DynamicContainer> anyFleet() {
        long testSeed = System.nanoTime();
        System.out.println("seed of the fleets: " + testSeed);
        var random = new Random(testSeed);
        return IntStream.range(0, FLEETS)
                .mapToObj(
                        _ -> {
                            int gpus = 24 + random.nextInt(150);
                            double rate = Math.pow(10, random.nextDouble(0.5, 3));
                            long seed = random.nextLong();
                            var start = MORNING.plusSeconds(random.nextInt(86_400));
                            var name =
                                    "seed %d, rate %.2f, %d GPUs from %s"
                                            .formatted(seed, rate, gpus, start);
                            System.out.println("  " + name);
                            // its events are made when its tests begin: they fill the heap
                            return dynamicContainer(
                                    name,
                                    Stream.of(seed)
                                            .map(_ -> Run.of(seed, rate, gpus, start, TIME))
                                            .flatMap(SimulatedFleetTest::checks));
                        });
    }

    private static Stream<DynamicTest> checks(Run run) {
        return Stream.of(
                dynamicTest(
                        "power lies between idle and the limit and rises with utilisation",
                        () -> checkPower(run)),
                dynamicTest(
                        "clocks, temperature and throttling fit the power", () -> checkHeat(run)),
                dynamicTest(
                        "no answer is faster than its decoding on that GPU",
                        () -> checkLatencies(run)),
                dynamicTest(
                        "no GPU serves more tokens in a minute than it can",
                        () -> checkMinutes(run)),
                dynamicTest(
                        "some GPUs are idle, some held for nothing and some train",
                        () -> checkRoles(run)));
    }

    private static ServingModel serving(FleetGpu gpu) {
        return ServingModel.of(gpu.model(), gpu.serves());
    }

    private static double mean(List<Event> samples, ToDoubleFunction<Event> reading) {
        return samples.stream().mapToDouble(reading).average().orElseThrow();
    }

    /** The power as a part of what lies between idle and the limit. */
    private static double powerShare(Run run, Event sample) {
        var model = run.gpu(sample.require(GpuMetric.GPU_UUID)).model();
        return (sample.require(GpuMetric.POWER_W) - model.idleWatts())
                / (model.maxWatts() - model.idleWatts());
    }

    private static void checkPower(Run run) {
        var byBin = new TreeMap<Integer, List<Event>>();
        for (var sample : run.samples()) {
            double share = powerShare(run, sample);
            assertTrue(share >= -1e-4 && share <= 1 + 1e-4, share + " of the power");
            double utilization = sample.require(GpuMetric.UTILIZATION);
            byBin.computeIfAbsent((int) Math.ceil(utilization * 4), _ -> new ArrayList<>())
                    .add(sample);
        }
        double last = -1;
        for (var bin : byBin.values()) {
            double share = mean(bin, sample -> powerShare(run, sample));
            assertTrue(share > last, "power by utilisation");
            last = share;
        }
    }

    private static void checkHeat(Run run) {
        var late =
                run.samples().stream()
                        .skip(run.samples().size() / 2)
                        .sorted(Comparator.comparingDouble(s -> powerShare(run, s)))
                        .toList();
        var cool = late.subList(0, late.size() / 4);
        var hot = late.subList(late.size() * 3 / 4, late.size());
        ToDoubleFunction<Event> temperature = s -> s.require(GpuMetric.TEMP_C);
        ToDoubleFunction<Event> clock = s -> s.require(GpuMetric.SM_CLOCK_HZ);
        assertTrue(mean(hot, temperature) > mean(cool, temperature) + 10);
        assertTrue(mean(hot, clock) > mean(cool, clock));
        for (var sample : run.samples()) {
            assertTrue(sample.require(GpuMetric.TEMP_C) < 90);
        }
    }

    private static void checkLatencies(Run run) {
        for (var usage : run.usages()) {
            var gpu = run.gpu(usage.require(TokenUsage.GPU_UUID));
            double decodeMs =
                    (usage.require(TokenUsage.COMPLETION_TOKENS) - 1)
                            / serving(gpu).singleTokensPerSecond()
                            * 1000;
            double latency = usage.require(TokenUsage.LATENCY_MS);
            assertTrue(latency >= decodeMs, latency + " ms, decoding " + decodeMs);
            var ttft = usage.get(TokenUsage.TTFT_MS);
            assertTrue(ttft == null || ttft <= latency - decodeMs + 0.01);
        }
    }

    private static void checkMinutes(Run run) {
        var start = run.events().getFirst().ts();
        for (int minute = 0; minute < 5; minute++) {
            var from = start.plusSeconds(60L * minute);
            workWithin(run, from, from.plusSeconds(60))
                    .forEach((gpu, seconds) -> assertTrue(seconds <= 60, gpu));
        }
        workWithin(run, start, start.plusSeconds(360))
                .forEach((gpu, seconds) -> assertTrue(seconds <= 360, gpu));
    }

    /** Seconds of the whole GPU that the requests took which came and ended between two moments. */
    private static Map<String, Double> workWithin(Run run, Instant from, Instant to) {
        var work = new HashMap<String, Double>();
        for (var usage : run.usages()) {
            var latencyMs = usage.require(TokenUsage.LATENCY_MS) - BESIDE_MS;
            var came = usage.ts().minusMillis((long) Math.ceil(latencyMs));
            if (!came.isBefore(from) && usage.ts().isBefore(to)) {
                work.merge(usage.require(TokenUsage.GPU_UUID), seconds(run, usage), Double::sum);
            }
        }
        return work;
    }

    private static double seconds(Run run, Event usage) {
        var cached = usage.get(TokenUsage.CACHED_PROMPT_TOKENS);
        int prompt = Math.toIntExact(usage.require(TokenUsage.PROMPT_TOKENS));
        return serving(run.gpu(usage.require(TokenUsage.GPU_UUID)))
                .seconds(
                        prompt - (cached == null ? 0 : Math.toIntExact(cached)),
                        prompt,
                        Math.toIntExact(usage.require(TokenUsage.COMPLETION_TOKENS)));
    }

    @Test
    void theTokensOfAGpuExplainHowBusyItIs() {
        var run = Run.of(5, DEFAULT_RATE, DEFAULT_GPUS, MORNING, Duration.ofHours(1));
        var busy = new HashMap<String, Double>();
        for (var sample : run.samples()) {
            if ("inference".equals(sample.get(GpuMetric.NAMESPACE))) {
                busy.merge(
                        sample.require(GpuMetric.GPU_UUID),
                        sample.require(GpuMetric.UTILIZATION)
                                * sample.require(GpuMetric.INTERVAL_S),
                        Double::sum);
            }
        }
        var work = workWithin(run, Instant.MIN, Instant.MAX);
        assertTrue(busy.size() > DEFAULT_GPUS / 3);
        // a tenth, and what is still running at the end
        busy.forEach(
                (gpu, seconds) ->
                        assertEquals(seconds, work.getOrDefault(gpu, 0.0), seconds / 10 + 40));
    }

    private static void checkRoles(Run run) {
        assertTrue(gpusWith(run, s -> s.get(GpuMetric.POD) == null) > 0, "free GPUs");
        assertTrue(gpusWith(run, SimulatedFleetTest::isWasted) > 0, "waste");
        assertTrue(gpusWith(run, s -> "training".equals(s.get(GpuMetric.NAMESPACE))) > 0);
        assertTrue(gpusWith(run, s -> "inference".equals(s.get(GpuMetric.NAMESPACE))) > 0);
    }

    /** Allocated to a team, half of the memory held, at the moment not used. */
    private static boolean isWasted(Event sample) {
        return sample.get(GpuMetric.TEAM) != null
                && sample.require(GpuMetric.MEM_USED_BYTES)
                        > sample.require(GpuMetric.MEM_TOTAL_BYTES) / 2
                && sample.require(GpuMetric.UTILIZATION) == 0;
    }

    /** GPUs for which this holds in nine of ten samples. */
    private static long gpusWith(Run run, Predicate<Event> condition) {
        return run.samples().stream()
                .collect(
                        Collectors.groupingBy(
                                sample -> sample.require(GpuMetric.GPU_UUID),
                                Collectors.averagingDouble(s -> condition.test(s) ? 1 : 0)))
                .values()
                .stream()
                .filter(share -> share >= 0.9)
                .count();
    }

    @Test
    void servingFollowsTheHourOfTheEvents() {
        var day = Instant.parse("2026-03-02T14:00:00Z");
        var night = Instant.parse("2026-03-03T02:00:00Z");
        assertTrue(servingUtilization(day) > 2 * servingUtilization(night));
    }

    private static double servingUtilization(Instant start) {
        var run = Run.of(3, DEFAULT_RATE, DEFAULT_GPUS, start, Duration.ofMinutes(15));
        var serving =
                run.samples().stream()
                        .filter(s -> "inference".equals(s.get(GpuMetric.NAMESPACE)))
                        .toList();
        return mean(serving, sample -> sample.require(GpuMetric.UTILIZATION));
    }

    @Test
    void aMillionTokensOfEachModelCostWhatPeopleKnow() {
        var run = Run.of(4, DEFAULT_RATE, DEFAULT_GPUS, MORNING, Duration.ofHours(1));
        var dollars = new HashMap<String, Double>();
        for (var sample : run.samples()) {
            if ("inference".equals(sample.get(GpuMetric.NAMESPACE))) {
                dollars.merge(
                        run.gpu(sample.require(GpuMetric.GPU_UUID)).serves().name(),
                        sample.require(GpuMetric.INTERVAL_S)
                                / 3600
                                * usdPerHour(sample.require(GpuMetric.NAME)),
                        Double::sum);
            }
        }
        var tokens =
                run.usages().stream()
                        .collect(
                                Collectors.groupingBy(
                                        usage -> usage.require(TokenUsage.MODEL),
                                        Collectors.summingLong(
                                                usage ->
                                                        usage.require(TokenUsage.PROMPT_TOKENS)
                                                                + usage.require(
                                                                        TokenUsage
                                                                                .COMPLETION_TOKENS))));
        assertEquals(dollars.keySet(), tokens.keySet());
        assertTrue(tokens.size() >= 4, tokens.keySet().toString());
        tokens.forEach(
                (model, count) -> {
                    double perMillion = dollars.getOrDefault(model, 0.0) / count * 1e6;
                    System.out.printf("%s: %.3f USD per million tokens%n", model, perMillion);
                    assertTrue(perMillion >= 0.05 && perMillion <= 20, model + ": " + perMillion);
                });
    }

    /** What clouds ask for an hour. */
    private static double usdPerHour(String gpu) {
        if (gpu.contains("H100")) {
            return 3;
        }
        if (gpu.contains("A100")) {
            return 1.5;
        }
        return gpu.contains("L4") ? 0.7 : 0.4;
    }

    @Test
    void byDefaultRequestsAreAsLongAsThoseOfTheTraces() {
        var run =
                Run.of(
                        6,
                        DEFAULT_RATE,
                        DEFAULT_GPUS,
                        Instant.parse("2026-03-02T13:30:00Z"),
                        Duration.ofHours(1));
        // some shards have fewer GPUs that may serve: there the requests are a little shorter
        assertMedian(run, "chat-assistant", 1020, 129);
        assertMedian(run, "code-completion", 1469, 13);
        assertMedian(run, "document-summary", 6909, 350);
    }

    private static void assertMedian(
            Run run, String project, double promptTokens, double completionTokens) {
        var usages =
                run.usages().stream()
                        .filter(usage -> project.equals(usage.get(TokenUsage.PROJECT)))
                        .toList();
        assertEquals(
                promptTokens,
                median(usages, usage -> usage.require(TokenUsage.PROMPT_TOKENS)),
                promptTokens * 0.3,
                project);
        assertEquals(
                completionTokens,
                median(usages, usage -> usage.require(TokenUsage.COMPLETION_TOKENS)),
                completionTokens * 0.3,
                project);
    }

    private static double median(List<Event> usages, ToDoubleFunction<Event> tokens) {
        return usages.stream()
                .mapToDouble(tokens)
                .sorted()
                .skip(usages.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void oneLineSaysWhatIsSimulated() {
        var options =
                new SyntheticOptions(
                        Fleet.of(DEFAULT_GPUS), 1, Duration.ofSeconds(1), Duration.ofDays(1));

        assertEquals(
                "96 GPUs (24 A100, 24 H100, 24 L4, 24 RTX 3090) of 6 teams, about 104 requests/s;"
                        + " utilisation follows the hour (UTC)",
                FleetSummary.of(options, DEFAULT_RATE));
    }
}
