package gpuanalytics.producer.source.synthetic;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One simulated GPU: requests arrive at random, run together while memory lasts, wait when it does
 * not, and end; samples are taken at a fixed interval. Every arrival gives exactly one usage.
 *
 * <p>What it does is a function of seed, GPU, start and rate; the pace at which it is stepped does
 * not matter. Times are microseconds since the epoch.
 */
final class GpuSimulator {

    /** As vLLM's max_num_seqs. */
    private static final int MAX_RUNNING = 256;

    private static final int MAX_WAITING = 512;
    private static final long LEAST_CACHE_TOKENS = 256;

    /** The mean share of its compute that a GPU is kept busy with, as far as sizes can do that. */
    private static final double TARGET_LOAD = 0.35;

    private static final double LENGTH_SIGMA = 0.8;
    private static final double CACHE_HIT_SHARE = 0.4;
    private static final int CACHE_BLOCK_TOKENS = 16;
    private static final double MEAN_UNCACHED_SHARE = 0.75;
    private static final double CANCELLED_SHARE = 0.006;
    private static final double TOO_LONG_SHARE = 0.003;

    /** Network, tokenizer and scheduler, before and beside the GPU's work. */
    private static final long OVERHEAD_US = 15_000;

    /** A request as it arrives. */
    private record Request(
            long arrivalUs,
            Tenants.User user,
            int promptTokens,
            int cachedTokens,
            int completionTokens,
            int reasoningTokens,
            boolean stream,
            boolean cancelled) {

        int tokens() {
            return promptTokens + completionTokens;
        }
    }

    /** A request on the GPU, with the moments of its first token and its end. */
    private record Running(Request request, long firstTokenUs, long endUs, long number) {}

    private final FleetGpu gpu;
    private final ServingModel serving;
    private final GpuMeter meter;
    private final SplittableRandom random;
    private final String requestPrefix;
    private final long maxTokens;
    private final long cacheTokens;

    private final PriorityQueue<Running> running =
            new PriorityQueue<>(
                    Comparator.comparingLong(Running::endUs).thenComparingLong(Running::number));
    private final Deque<Request> waiting = new ArrayDeque<>();
    private long runningTokens;
    private long requests;

    private long timeUs;
    private GpuRate rate;
    private double sizeFactor;
    private long nextArrivalUs;
    private long nextSampleUs;

    GpuSimulator(FleetGpu gpu, long seed, long startUs, GpuRate rate) {
        this.gpu = gpu;
        this.serving = ServingModel.of(gpu.model(), gpu.serves());
        this.meter = new GpuMeter(gpu, serving, startUs);
        this.timeUs = startUs;
        long own = LoadCurve.mix(LoadCurve.mix(seed) + gpu.number());
        this.random = new SplittableRandom(own);
        // the start is part of it: a second run with the same seed makes other requests
        this.requestPrefix = "syn-%016x-".formatted(LoadCurve.mix(own + startUs));
        this.cacheTokens = Math.max(serving.cacheTokens(), LEAST_CACHE_TOKENS);
        this.maxTokens = Math.min(gpu.serves().contextTokens(), cacheTokens);
        this.rate = rate;
        applyRate(startUs);
    }

    /** The name of the pod that serves on a GPU. */
    static String pod(FleetGpu gpu) {
        return "%s-%d".formatted(gpu.serves().name().replace('.', '-'), gpu.number());
    }

    FleetGpu gpu() {
        return gpu;
    }

    /** When the next step happens. */
    long nextUs() {
        long next = Math.min(nextArrivalUs, nextSampleUs);
        var first = running.peek();
        return first == null ? next : Math.min(next, first.endUs());
    }

    /** Takes the next step; the event that it gives, or null where it gives none. */
    @Nullable Event step() {
        long stepUs = nextUs();
        meter.advance(stepUs, running.size(), runningTokens);
        timeUs = stepUs;
        var first = running.peek();
        if (first != null && first.endUs() == stepUs) {
            return end();
        }
        if (nextArrivalUs == stepUs) {
            return arrive();
        }
        nextSampleUs = stepUs + rate.intervalUs();
        return meter.sample();
    }

    /** From {@code nowUs} on, requests and samples come at another rate. */
    void changeRate(GpuRate changed, long nowUs) {
        if (!changed.equals(rate)) {
            rate = changed;
            applyRate(nowUs);
        }
    }

    private void applyRate(long nowUs) {
        double seconds =
                serving.seconds(
                        Tenants.meanPromptTokens() * MEAN_UNCACHED_SHARE,
                        Tenants.meanCompletionTokens());
        sizeFactor = Math.min(1, TARGET_LOAD / (rate.requestsPerSecond() * seconds));
        long fromUs = Math.max(timeUs, nowUs);
        nextArrivalUs = fromUs + gapUs();
        nextSampleUs = Math.max(meter.sampleFromUs() + rate.intervalUs(), fromUs);
        // samples lie on whole milliseconds
        nextSampleUs = (nextSampleUs + 999) / 1000 * 1000;
    }

    private long gapUs() {
        return 1 + Math.round(random.nextExponential() / rate.requestsPerSecond() * 1e6);
    }

    private @Nullable Event arrive() {
        var request = draw();
        nextArrivalUs = timeUs + gapUs();
        if (random.nextDouble() < TOO_LONG_SHARE) {
            return refused(request, "context_length_exceeded");
        }
        if (waiting.isEmpty() && fits(request)) {
            begin(request);
            return null;
        }
        if (waiting.size() < MAX_WAITING) {
            waiting.add(request);
            return null;
        }
        return refused(request, "overloaded");
    }

    private Request draw() {
        var user = Tenants.draw(random);
        var project = user.project();
        double factor = sizeFactor * LoadCurve.factor(gpu.number(), timeUs);
        int prompt = length(project.promptTokens() * factor, maxTokens / 2);
        int completion = length(project.completionTokens() * factor, maxTokens - prompt);
        double hit = random.nextDouble();
        double cachedShare = hit < CACHE_HIT_SHARE ? 0.3 + hit / CACHE_HIT_SHARE * 0.65 : 0;
        int cached = (int) (prompt * cachedShare) / CACHE_BLOCK_TOKENS * CACHE_BLOCK_TOKENS;
        int reasoning = gpu.serves().reasons() ? (int) (completion * random.nextDouble() * 0.8) : 0;
        boolean stream = random.nextDouble() < project.streamShare();
        boolean cancelled = stream && random.nextDouble() < CANCELLED_SHARE;
        return new Request(timeUs, user, prompt, cached, completion, reasoning, stream, cancelled);
    }

    /** A length drawn from a log-normal distribution with this mean, at least 1. */
    private int length(double mean, long max) {
        double drawn =
                StrictMath.exp(
                        LENGTH_SIGMA * random.nextGaussian() - LENGTH_SIGMA * LENGTH_SIGMA / 2);
        return (int) Math.clamp(Math.round(mean * drawn), 1L, Math.max(max, 1));
    }

    private boolean fits(Request request) {
        return running.size() < MAX_RUNNING
                && (runningTokens + request.tokens() <= cacheTokens || running.isEmpty());
    }

    private void begin(Request request) {
        int together = running.size() + 1;
        double prefill =
                (request.promptTokens() - request.cachedTokens())
                        / serving.prefillTokensPerSecond()
                        * (1 + serving.computeShare(together));
        double perToken = 1 / serving.tokensPerSecond(together);
        long firstTokenUs = timeUs + micros(prefill + perToken);
        long endUs = firstTokenUs + micros(perToken * (request.completionTokens() - 1));
        running.add(new Running(request, firstTokenUs, endUs, requests++));
        runningTokens += request.tokens();
    }

    private static long micros(double seconds) {
        return Math.round(seconds * 1e6);
    }

    private Event end() {
        var ended = running.remove();
        runningTokens -= ended.request().tokens();
        while (!waiting.isEmpty() && fits(waiting.peek())) {
            begin(waiting.remove());
        }
        var request = ended.request();
        var usage =
                usage(request, ended.number())
                        .set(TokenUsage.COMPLETION_TOKENS, (long) request.completionTokens())
                        .set(TokenUsage.LATENCY_MS, millisSince(request, ended.endUs()));
        if (request.cachedTokens() > 0) {
            usage.set(TokenUsage.CACHED_PROMPT_TOKENS, (long) request.cachedTokens());
        }
        if (gpu.serves().reasons()) {
            usage.set(TokenUsage.REASONING_TOKENS, (long) request.reasoningTokens());
        }
        if (request.stream()) {
            usage.set(TokenUsage.TTFT_MS, millisSince(request, ended.firstTokenUs()));
        }
        if (request.cancelled()) {
            usage.set(TokenUsage.STATUS, "error").set(TokenUsage.ERROR_TYPE, "client_cancelled");
        }
        return usage.build();
    }

    /** A request that the server turns away without work. */
    private Event refused(Request request, String errorType) {
        return usage(request, requests++)
                .set(TokenUsage.COMPLETION_TOKENS, 0L)
                .set(TokenUsage.LATENCY_MS, OVERHEAD_US / 1000.0)
                .set(TokenUsage.STATUS, "error")
                .set(TokenUsage.ERROR_TYPE, errorType)
                .build();
    }

    private Event.Builder usage(Request request, long number) {
        var project = request.user().project();
        return TokenUsage.builder()
                .set(TokenUsage.TS, Instant.ofEpochMilli(timeUs / 1000))
                .set(TokenUsage.REQUEST_ID, requestPrefix + number)
                .set(TokenUsage.PROVIDER, "self_hosted")
                .set(TokenUsage.OPERATION, project.operation())
                .set(TokenUsage.MODEL, gpu.serves().name())
                .set(TokenUsage.PROMPT_TOKENS, (long) request.promptTokens())
                .set(TokenUsage.HOST, gpu.host())
                .set(TokenUsage.GPU_INDEX, gpu.gpuIndex())
                .set(TokenUsage.GPU_UUID, gpu.gpuUuid())
                .set(TokenUsage.POD, pod(gpu))
                .set(TokenUsage.NAMESPACE, SyntheticSource.NAMESPACE)
                .set(TokenUsage.TEAM, project.team())
                .set(TokenUsage.USER, request.user().name())
                .set(TokenUsage.PROJECT, project.name())
                .set(TokenUsage.STREAM, request.stream())
                .set(TokenUsage.STATUS, "ok")
                .set(TokenUsage.SOURCE, SyntheticSource.NAME);
    }

    private static double millisSince(Request request, long momentUs) {
        return (momentUs - request.arrivalUs() + OVERHEAD_US) / 1000.0;
    }
}
