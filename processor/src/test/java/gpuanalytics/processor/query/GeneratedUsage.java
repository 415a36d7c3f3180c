package gpuanalytics.processor.query;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random events of some time, by default three hours, with everything absent that may be. */
final class GeneratedUsage {

    static final Instant START = Instant.parse("2023-11-16T18:00:00Z");
    static final int SECONDS = 3 * 3600;

    private static final long GIB = 1L << 30;

    private final Random random;
    private final Instant start;
    private final int seconds;

    GeneratedUsage(long seed) {
        this(seed, START, SECONDS);
    }

    GeneratedUsage(long seed, Instant start, int seconds) {
        this.random = new Random(seed);
        this.start = start;
        this.seconds = seconds;
    }

    List<Event> usages(int count) {
        var usages = new ArrayList<Event>();
        for (int i = 0; i < count; i++) {
            usages.add(usage(i));
        }
        return usages;
    }

    List<Event> samples(int count) {
        var samples = new ArrayList<Event>();
        for (int i = 0; i < count; i++) {
            samples.add(sample(i));
        }
        return samples;
    }

    private Event usage(int number) {
        var builder =
                TokenUsage.builder()
                        .set(TokenUsage.TS, time())
                        .set(TokenUsage.REQUEST_ID, "r-" + number)
                        .set(TokenUsage.MODEL, one("llama", "mixtral", "qwen", "other"))
                        .set(TokenUsage.TEAM, maybe(one("search", "ads, \"eu\"", "ünï")))
                        .set(TokenUsage.USER, maybe("u-" + random.nextInt(20)))
                        .set(TokenUsage.PROJECT, maybe(one("a|b", "c")))
                        .set(TokenUsage.PROVIDER, maybe(one("openai", "own")))
                        .set(TokenUsage.OPERATION, maybe(one("chat", "embeddings")))
                        .set(TokenUsage.NAMESPACE, maybe("ml"))
                        .set(TokenUsage.POD, maybe("pod-" + random.nextInt(3)))
                        .set(TokenUsage.LATENCY_MS, maybe(random.nextDouble() * 5000))
                        .set(TokenUsage.TTFT_MS, maybe(Math.exp(random.nextGaussian() * 2)))
                        .set(TokenUsage.ERROR_TYPE, random.nextInt(10) == 0 ? "timeout" : null);
        if (random.nextBoolean()) {
            builder.set(TokenUsage.HOST, one("node-1", "node-2"));
            builder.set(TokenUsage.GPU_INDEX, (long) random.nextInt(2));
        }
        long prompt = random.nextInt(4000);
        long completion = random.nextInt(800);
        boolean hasPrompt = random.nextInt(4) > 0;
        if (hasPrompt) {
            builder.set(TokenUsage.PROMPT_TOKENS, prompt);
            builder.set(TokenUsage.CACHED_PROMPT_TOKENS, maybe(prompt / 2));
            builder.set(TokenUsage.CACHE_WRITE_TOKENS, maybe(prompt / 3));
        }
        if (!hasPrompt || random.nextBoolean()) {
            builder.set(TokenUsage.COMPLETION_TOKENS, completion);
            builder.set(TokenUsage.REASONING_TOKENS, maybe(completion / 4));
        }
        return builder.build();
    }

    private Event sample(int number) {
        var builder =
                GpuMetric.builder()
                        // a time of its own, so that the latest sample is one
                        .set(GpuMetric.TS, time().plusNanos(number))
                        .set(GpuMetric.HOST, one("node-1", "node-2"))
                        .set(GpuMetric.GPU_INDEX, (long) random.nextInt(2))
                        .set(GpuMetric.NAME, one("NVIDIA L4", "NVIDIA H100"))
                        .set(GpuMetric.MIG_ID, random.nextInt(3) == 0 ? "1" : null)
                        .set(GpuMetric.UTILIZATION, maybe(random.nextDouble()))
                        .set(GpuMetric.SM_ACTIVE, maybe(random.nextDouble()))
                        .set(GpuMetric.MEM_USED_BYTES, maybe(random.nextLong(80 * GIB)))
                        .set(GpuMetric.MEM_TOTAL_BYTES, maybe(80 * GIB))
                        .set(GpuMetric.POWER_W, maybe(random.nextDouble() * 700))
                        .set(GpuMetric.TEMP_C, maybe(random.nextDouble() * 90 - 5))
                        .set(GpuMetric.SM_CLOCK_HZ, maybe((double) random.nextLong(2_000_000_000)))
                        .set(GpuMetric.PCIE_TX_BPS, maybe((double) random.nextLong(1L << 36)))
                        .set(GpuMetric.PRICE_PER_HOUR_USD, maybe(random.nextInt(1000) / 100.0))
                        .set(GpuMetric.XID, maybe((long) random.nextInt(2) * 79))
                        .set(GpuMetric.INTERVAL_S, (double) random.nextInt(1, 60));
        return builder.build();
    }

    private Instant time() {
        return start.plusMillis(random.nextLong(seconds * 1000L));
    }

    private <T> @Nullable T maybe(T value) {
        return random.nextInt(3) == 0 ? null : value;
    }

    private String one(String... values) {
        return values[random.nextInt(values.length)];
    }
}
