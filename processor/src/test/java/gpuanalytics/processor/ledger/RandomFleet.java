package gpuanalytics.processor.ledger;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.price.PriceBook;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A random fleet over some hours, its prices, and what it must cost: counted from the events alone,
 * GPU by GPU and minute by minute, without any of the code that is tested.
 */
final class RandomFleet {

    static final String API_MODEL = "gpt";

    private static final String UNPRICED = "Unlisted";
    private static final List<String> MODELS = List.of("H100", "A100", UNPRICED);
    private static final long MINUTE_US = 60_000_000;

    private final Random random;
    private final Instant start;
    private final int hours;
    private final TestPrices prices = new TestPrices();

    /** By model, since when which price. */
    private final Map<String, TreeMap<Instant, BigDecimal>> priced = new HashMap<>();

    /** By GPU, then by the start of its minute: what its samples stand for, in microseconds. */
    private final Map<Integer, TreeMap<Instant, Long>> covered = new HashMap<>();

    private BigDecimal apiUsd = BigDecimal.ZERO;

    RandomFleet(Random random, Instant start, int hours) {
        this.random = random;
        this.start = start;
        this.hours = hours;
        for (var model : List.of("H100", "A100")) {
            price(model, start.minus(Duration.ofDays(1)));
            for (int i = random.nextInt(4); i > 0; i--) {
                price(model, start.plusSeconds(60L * random.nextInt(60 * hours)));
            }
        }
        prices.model(API_MODEL, "2.5", "10.125", Instant.EPOCH);
    }

    private void price(String model, Instant from) {
        var usd = BigDecimal.valueOf(random.nextInt(1, 90_000_000), 6);
        prices.gpu(model, usd.toPlainString(), from);
        priced.computeIfAbsent(model, _ -> new TreeMap<>()).put(from, usd);
    }

    PriceBook book() {
        return prices.book();
    }

    /** So many GPUs with gaps, and requests on them and elsewhere; not in the order of time. */
    List<Event> events(int gpus, int requests) {
        var events = new ArrayList<Event>();
        for (int gpu = 0; gpu < gpus; gpu++) {
            addSamples(gpu, events);
        }
        for (int i = 0; i < requests; i++) {
            events.add(usage(gpus));
        }
        Collections.shuffle(events, random);
        return events;
    }

    private void addSamples(int gpu, List<Event> events) {
        int from = random.nextInt(60 * hours / 2);
        int to = from + 1 + random.nextInt(60 * hours - from);
        for (int minute = from; minute < to; minute++) {
            if (random.nextInt(200) == 0) {
                minute += random.nextInt(90); // a gap, at times of more than an hour
                continue;
            }
            for (int second = 0; second < 60; second += 15) {
                if (random.nextInt(30) > 0) {
                    events.add(sample(gpu, start.plusSeconds(minute * 60L + second)));
                }
            }
        }
    }

    private Event sample(int gpu, Instant at) {
        if (!at.isBefore(end())) {
            return sample(gpu, end().minusSeconds(1));
        }
        double intervalS = 15.0 + random.nextInt(3);
        var builder =
                GpuMetric.builder()
                        .set(GpuMetric.TS, at)
                        .set(GpuMetric.EVENT_ID, gpu + "/" + at + "/" + random.nextLong())
                        .set(GpuMetric.HOST, "node-" + gpu / 4)
                        .set(GpuMetric.GPU_UUID, name(gpu))
                        .set(GpuMetric.NAME, MODELS.get(gpu % 3))
                        .set(GpuMetric.TEAM, at.getEpochSecond() % 7200 < 3000 ? "red" : "blue")
                        .set(GpuMetric.INTERVAL_S, intervalS);
        if (gpu % 2 == 0) {
            builder.set(GpuMetric.UTILIZATION, random.nextInt(101) / 100.0);
        }
        if (gpu % 4 < 2) {
            builder.set(GpuMetric.POWER_W, random.nextInt(700) / 7.0);
        }
        if (gpu % 5 == 4) {
            builder.set(GpuMetric.PRICE_PER_HOUR_USD, providedUsd(gpu).doubleValue());
        }
        var minute = Instant.ofEpochSecond(at.getEpochSecond() / 60 * 60);
        long us = Math.round(intervalS * 1e6);
        covered.computeIfAbsent(gpu, _ -> new TreeMap<>()).merge(minute, us, Long::sum);
        return builder.build();
    }

    private Event usage(int gpus) {
        var end = start.plusSeconds(random.nextInt(3600 * hours));
        int gpu = random.nextInt(gpus + 2);
        long prompt = random.nextInt(5000);
        long completion = random.nextInt(900);
        var builder =
                TokenUsage.builder()
                        .set(TokenUsage.TS, end)
                        .set(TokenUsage.REQUEST_ID, "request-" + random.nextLong())
                        .set(TokenUsage.TEAM, "team-" + random.nextInt(3))
                        .set(TokenUsage.USER, "user-" + random.nextInt(5))
                        .set(TokenUsage.MODEL, gpu < gpus ? "llama-" + gpu % 2 : API_MODEL)
                        .set(TokenUsage.PROMPT_TOKENS, prompt)
                        .set(TokenUsage.COMPLETION_TOKENS, completion);
        if (gpu < gpus) {
            builder.set(TokenUsage.GPU_UUID, name(gpu));
        } else {
            apiUsd =
                    apiUsd.add(new BigDecimal("2.5").multiply(BigDecimal.valueOf(prompt, 6)))
                            .add(
                                    new BigDecimal("10.125")
                                            .multiply(BigDecimal.valueOf(completion, 6)));
        }
        if (random.nextInt(4) > 0) {
            double latency = random.nextInt(random.nextInt(8) == 0 ? 1_500_000 : 20_000);
            builder.set(TokenUsage.LATENCY_MS, latency);
            if (random.nextInt(5) > 0) {
                builder.set(TokenUsage.TTFT_MS, latency * random.nextDouble());
            }
        }
        return builder.build();
    }

    /** Attributed and idle of a time, as dollars per hour times microseconds. */
    BigDecimal coveredCost(Instant from, Instant to) {
        var sum = BigDecimal.ZERO;
        for (var gpu : covered.entrySet()) {
            for (var minute : gpu.getValue().subMap(from, to).entrySet()) {
                sum = sum.add(cost(gpu.getKey(), minute.getKey(), cappedUs(minute.getValue())));
            }
        }
        return sum;
    }

    /** The gaps of a time: what lies between samples of one hour, or of an hour and the next. */
    BigDecimal gapCost(Instant from, Instant to) {
        var sum = BigDecimal.ZERO;
        for (var gpu : covered.entrySet()) {
            for (var minute = from; minute.isBefore(to); minute = minute.plusSeconds(60)) {
                if (isBetween(gpu.getValue(), minute)) {
                    var us = gpu.getValue().get(minute);
                    long missing = MINUTE_US - (us == null ? 0 : cappedUs(us));
                    sum = sum.add(cost(gpu.getKey(), minute, missing));
                }
            }
        }
        return sum;
    }

    private static boolean isBetween(NavigableMap<Instant, Long> minutes, Instant minute) {
        var before = minutes.lowerKey(minute);
        var after = minutes.higherKey(minute);
        if (before == null || after == null) {
            return false;
        }
        long hour = hour(minute);
        return hasSamples(minutes, hour) && hour - hour(before) <= 1 && hour(after) - hour <= 1;
    }

    private static boolean hasSamples(NavigableMap<Instant, Long> minutes, long hour) {
        var first = Instant.ofEpochSecond(hour * 3600);
        return !minutes.subMap(first, first.plusSeconds(3600)).isEmpty();
    }

    private static long hour(Instant minute) {
        return minute.getEpochSecond() / 3600;
    }

    /** What the tokens without a GPU cost, all of them. */
    BigDecimal apiUsd() {
        return apiUsd;
    }

    Instant end() {
        return start.plus(Duration.ofHours(hours));
    }

    private static long cappedUs(long us) {
        return Math.min(us, MINUTE_US);
    }

    private BigDecimal cost(int gpu, Instant minute, long us) {
        var usd = usdPerHour(gpu, minute);
        return usd == null ? BigDecimal.ZERO : usd.multiply(BigDecimal.valueOf(us));
    }

    private @Nullable BigDecimal usdPerHour(int gpu, Instant minute) {
        if (gpu % 5 == 4) {
            return providedUsd(gpu);
        }
        var model = priced.get(MODELS.get(gpu % 3));
        return model == null ? null : model.floorEntry(minute).getValue();
    }

    private static BigDecimal providedUsd(int gpu) {
        return BigDecimal.valueOf(1_250_000L + gpu, 6);
    }

    private static String name(int gpu) {
        return "GPU-%04d".formatted(gpu);
    }
}
