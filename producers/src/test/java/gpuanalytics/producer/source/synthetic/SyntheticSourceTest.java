package gpuanalytics.producer.source.synthetic;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.synthetic.shard.ShardShare;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SyntheticSourceTest {

    private static final Instant START = Instant.parse("2026-03-02T10:00:00Z");
    private static final int SHARDS = 12;

    private static SyntheticOptions options(int gpus, long seed) {
        return new SyntheticOptions(
                Fleet.of(gpus), seed, Duration.ofSeconds(1), Duration.ofDays(1));
    }

    private static ShardShare share(double rate, int... shards) {
        return new ShardShare(
                SHARDS,
                IntStream.of(shards).boxed().collect(Collectors.toMap(shard -> shard, _ -> rate)));
    }

    private static ShardShare whole(double rate) {
        return share(rate, IntStream.range(0, SHARDS).toArray());
    }

    /** The events of a time, taken with steps of the clock that {@code steps} gives. */
    private static List<Event> run(
            SyntheticOptions options,
            Supplier<ShardShare> share,
            Duration time,
            Supplier<Duration> steps) {
        var source = new SyntheticSource(options, share);
        var events = new ArrayList<Event>();
        var end = START.plus(time);
        source.nextDue(START);
        for (var now = START; now.isBefore(end); ) {
            var next = now.plus(steps.get());
            now = next.isAfter(end) ? end : next;
            for (var batch = source.take(now, 20); !batch.isEmpty(); batch = source.take(now, 20)) {
                events.addAll(batch);
            }
        }
        return events;
    }

    private static List<Event> run(SyntheticOptions options, ShardShare share, Duration time) {
        return run(options, () -> share, time, () -> Duration.ofMillis(100));
    }

    private static List<Event> of(List<Event> events, EventTopic topic) {
        return events.stream().filter(event -> event.topic() == topic).toList();
    }

    @Test
    void oneSeedGivesOneStreamWhateverThePace() {
        long paceSeed = System.nanoTime();
        System.out.println("seed of the pace: " + paceSeed);
        var pace = new Random(paceSeed);

        var steady = run(options(8, 7), whole(200), Duration.ofSeconds(30));
        var uneven =
                run(
                        options(8, 7),
                        () -> whole(200),
                        Duration.ofSeconds(30),
                        () -> Duration.ofMillis(1 + pace.nextInt(5000)));

        assertEquals(steady, uneven);
        assertNotEquals(steady, run(options(8, 8), whole(200), Duration.ofSeconds(30)));
    }

    @Test
    void keepsTheRateWithSamplesAndUsages() {
        for (double rate : List.of(1.0, 20.0, 200.0, 2000.0)) {
            var time = Duration.ofSeconds(rate < 100 ? 600 : 60);

            var events = run(options(8, 1), whole(rate), time);

            double expected = rate * time.toSeconds();
            // five standard deviations of a Poisson count, and what is still running at the end
            assertEquals(expected, events.size(), 5 * Math.sqrt(expected) + 300, "at rate " + rate);
            long samples = of(events, EventTopic.GPU_METRICS).size();
            assertTrue(samples > 0 && samples <= events.size() * 0.6, "samples at " + rate);
        }
    }

    @Test
    void replicasTogetherGiveWhatOneGives() {
        var time = Duration.ofSeconds(20);
        var alone = run(options(24, 3), whole(500), time);

        var together = new ArrayList<Event>();
        together.addAll(run(options(24, 3), share(500, 0, 1, 2, 3), time));
        together.addAll(run(options(24, 3), share(500, 4, 5, 6, 7, 8, 9, 10), time));
        together.addAll(run(options(24, 3), share(500, 11), time));

        assertEquals(new HashSet<>(alone), new HashSet<>(together));
        assertEquals(alone.size(), together.size());
    }

    @Test
    void sharesOfTheRateAddUpToIt() {
        for (int gpus : List.of(1, 8, 24, 100)) {
            var options = options(gpus, 1);
            double sum = 0;
            for (int shard = 0; shard < SHARDS; shard++) {
                sum += SyntheticSource.eventsPerSecond(options, share(200, shard));
            }
            assertEquals(200, sum, 1e-9, gpus + " GPUs");
        }
    }

    @Test
    void equalRangesOfShardsHoldAboutEquallyManyGpus() {
        var options = options(8, 1);
        for (int shard = 0; shard < SHARDS; shard += 3) {
            var range = share(200, shard, shard + 1, shard + 2);
            assertEquals(50, SyntheticSource.eventsPerSecond(options, range), 1e-9);
        }
    }

    @Test
    void aShardThatIsGivenUpStops() {
        var held = new AtomicReference<>(whole(200));
        var source = new SyntheticSource(options(12, 1), held::get);
        source.nextDue(START);
        var before = source.take(START.plusSeconds(5), 100_000);

        held.set(share(200, 0, 1));
        source.nextDue(START.plusSeconds(5));
        var after = source.take(START.plusSeconds(10), 100_000);

        assertEquals(12, gpus(before).size());
        assertEquals(2, gpus(after).size());
        assertTrue(gpus(before).containsAll(gpus(after)));
    }

    private static Set<@Nullable Object> gpus(List<Event> events) {
        return new HashSet<>(events.stream().map(Event::gpu).toList());
    }

    @Test
    void theRateChangesWithoutARestart() {
        var held = new AtomicReference<>(whole(10));
        var source = new SyntheticSource(options(8, 1), held::get);
        source.nextDue(START);
        source.take(START.plusSeconds(60), 100_000);

        held.set(whole(1000));
        source.nextDue(START.plusSeconds(60));
        var after = source.take(START.plusSeconds(90), 100_000);

        assertEquals(30_000, after.size(), 1500);
    }

    @Test
    void identitiesAreUnique() {
        var events = run(options(8, 1), whole(500), Duration.ofSeconds(60));

        var identities = new HashSet<>(events.stream().map(EventId::of).toList());

        assertEquals(events.size(), identities.size());
    }

    @Test
    void aSecondRunWithTheSameSeedMakesOtherRequests() {
        var first = new SyntheticSource(options(1, 1), () -> whole(100));
        var second = new SyntheticSource(options(1, 1), () -> whole(100));
        first.nextDue(START);
        second.nextDue(START.plusSeconds(60));

        var identities =
                new HashSet<>(
                        first.take(START.plusSeconds(30), 10_000).stream()
                                .map(EventId::of)
                                .toList());

        for (var event : second.take(START.plusSeconds(90), 10_000)) {
            assertFalse(identities.contains(EventId.of(event)));
        }
    }

    @Test
    void requestsOccupyTheirGpu() {
        // few enough requests that GPUs are idle in between
        var events = run(options(8, 5), whole(9), Duration.ofMinutes(10));
        var usages = of(events, EventTopic.TOKEN_USAGE);
        for (var sample : of(events, EventTopic.GPU_METRICS)) {
            double seconds = sample.require(GpuMetric.INTERVAL_S);
            var to = sample.ts();
            var from = to.minusNanos(Math.round(seconds * 1e9));
            double covered = coveredSeconds(usages, sample, from, to);
            double busy = sample.require(GpuMetric.UTILIZATION) * seconds;
            // 15 ms of each request are spent beside the GPU, and times have whole milliseconds
            assertTrue(busy <= covered + 0.01, "busy %s, covered %s".formatted(busy, covered));
        }
    }

    /** Seconds from..to in which a request of the sample's GPU was under way. */
    private static double coveredSeconds(
            List<Event> usages, Event sample, Instant from, Instant to) {
        var busy = new BitSet();
        for (var usage : usages) {
            if (!usage.require(TokenUsage.GPU_UUID).equals(sample.get(GpuMetric.GPU_UUID))) {
                continue;
            }
            var start =
                    usage.ts().minusMillis(Math.round(usage.require(TokenUsage.LATENCY_MS)) + 1);
            if (usage.ts().isAfter(from) && start.isBefore(to)) {
                long first = Math.max(0, Duration.between(from, start).toMillis());
                long last =
                        Math.min(
                                Duration.between(from, to).toMillis(),
                                Duration.between(from, usage.ts()).toMillis() + 1);
                busy.set((int) first, (int) Math.max(first, last));
            }
        }
        // a request still running at the end of the run has no usage yet
        boolean endless = to.isAfter(START.plus(Duration.ofMinutes(10)).minusSeconds(120));
        return endless ? Double.MAX_VALUE : busy.cardinality() / 1000.0;
    }

    @Test
    void powerAndMemoryFollowTheLoad() {
        var samples =
                of(run(options(8, 5), whole(60), Duration.ofMinutes(20)), EventTopic.GPU_METRICS);
        for (var sample : samples) {
            double utilization = sample.require(GpuMetric.UTILIZATION);
            var model =
                    GpuModel.CATALOG.stream()
                            .filter(one -> one.name().equals(sample.get(GpuMetric.NAME)))
                            .findFirst()
                            .orElseThrow();
            double power = sample.require(GpuMetric.POWER_W);
            assertTrue(power >= model.idleWatts() - 0.01 && power <= model.maxWatts() + 0.01);
            assertTrue(
                    power
                            >= model.idleWatts()
                                    + 0.29 * utilization * (model.maxWatts() - model.idleWatts()),
                    "a busy GPU draws more than an idle one");
            assertTrue(sample.require(GpuMetric.SM_ACTIVE) <= utilization + 1e-3);
            assertTrue(
                    sample.require(GpuMetric.TENSOR_ACTIVE)
                            <= sample.require(GpuMetric.SM_ACTIVE) + 1e-3);
            assertTrue(
                    sample.require(GpuMetric.MEM_USED_BYTES)
                            <= sample.require(GpuMetric.MEM_TOTAL_BYTES));
            if (utilization == 0) {
                assertEquals(model.idleWatts(), power, 0.01);
            }
        }
        var utilizations = samples.stream().map(s -> s.require(GpuMetric.UTILIZATION)).toList();
        assertTrue(utilizations.stream().anyMatch(u -> u < 0.2), "some GPU is idle at times");
        assertTrue(utilizations.stream().anyMatch(u -> u > 0.8), "some GPU is busy at times");
    }

    @Test
    void theEnergyCounterIsTheIntegralOfThePower() {
        var samples =
                of(run(options(4, 2), whole(50), Duration.ofMinutes(5)), EventTopic.GPU_METRICS);
        var last = new HashMap<String, Event>();
        for (var sample : samples) {
            var before = last.put(sample.require(GpuMetric.GPU_UUID), sample);
            if (before != null) {
                double drawn =
                        sample.require(GpuMetric.ENERGY_J_TOTAL)
                                - before.require(GpuMetric.ENERGY_J_TOTAL);
                double expected =
                        sample.require(GpuMetric.POWER_W) * sample.require(GpuMetric.INTERVAL_S);
                assertEquals(expected, drawn, 0.01 + expected * 1e-4);
            }
        }
        assertEquals(4, last.size());
    }

    @Test
    void latenciesAgreeWithTokens() {
        var usages =
                of(run(options(8, 5), whole(100), Duration.ofMinutes(5)), EventTopic.TOKEN_USAGE);
        Map<String, FleetGpu> gpus = new HashMap<>();
        Fleet.of(8).gpus().forEach(gpu -> gpus.put(String.valueOf(gpu.gpuUuid()), gpu));
        int streams = 0;
        int cached = 0;
        int errors = 0;
        for (var usage : usages) {
            double latency = usage.require(TokenUsage.LATENCY_MS);
            long completion = usage.require(TokenUsage.COMPLETION_TOKENS);
            errors += usage.get(TokenUsage.ERROR_TYPE) == null ? 0 : 1;
            cached += usage.get(TokenUsage.CACHED_PROMPT_TOKENS) == null ? 0 : 1;
            var ttft = usage.get(TokenUsage.TTFT_MS);
            if (ttft == null) {
                continue;
            }
            streams++;
            var gpu = requireNonNull(gpus.get(usage.require(TokenUsage.GPU_UUID)));
            double fastest =
                    (completion - 1)
                            / ServingModel.of(gpu.model(), gpu.serves()).singleTokensPerSecond()
                            * 1000;
            assertTrue(latency - ttft >= fastest - 0.01, "no faster than a request alone");
        }
        assertTrue(streams > usages.size() / 3, streams + " streams");
        assertTrue(cached > usages.size() / 10, cached + " with cached tokens");
        assertTrue(errors > 0 && errors < usages.size() / 20, errors + " errors");
    }

    @Test
    void theLoadFollowsTheDay() {
        long hour = 3_600_000_000L;
        assertTrue(LoadCurve.daily(14 * hour) > 2 * LoadCurve.daily(2 * hour));
    }

    @Test
    void aLongSleepIsNotMadeUpFor() {
        var options =
                new SyntheticOptions(Fleet.of(8), 1, Duration.ofSeconds(1), Duration.ofSeconds(60));
        var source = new SyntheticSource(options, () -> whole(200));
        source.nextDue(START);
        source.take(START.plusSeconds(1), 10_000);

        var woken = START.plus(Duration.ofHours(8));
        assertEquals(List.of(), source.take(woken, 10_000));

        var events = source.take(woken.plusSeconds(10), 10_000);
        assertTrue(events.size() > 1000 && events.getFirst().ts().isAfter(woken));
    }

    @Test
    void nothingIsDueWithoutAShard() {
        var source = new SyntheticSource(options(8, 1), () -> ShardShare.NONE);

        assertEquals(Instant.MAX, source.nextDue(START));
        assertEquals(List.of(), source.take(START.plusSeconds(10), 10));
        assertFalse(source.ended());
    }
}
