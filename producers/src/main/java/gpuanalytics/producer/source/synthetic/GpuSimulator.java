package gpuanalytics.producer.source.synthetic;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import java.time.Instant;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One simulated GPU. One that serves gets requests at random, which its engine answers, each of
 * them one usage; one that does not is as busy as its role says. Samples are taken at a fixed
 * interval.
 *
 * <p>What it does is a function of seed, GPU, start and plan; the pace at which it is stepped does
 * not matter. Times are microseconds since the epoch.
 */
final class GpuSimulator {

    private static final double TOO_LONG_SHARE = 0.003;

    /** Network, tokenizer and scheduler, before and beside the GPU's work. */
    private static final long OVERHEAD_US = 15_000;

    private final FleetGpu gpu;
    private final ServingEngine engine;
    private final Request.Limits limits;
    private final GpuMeter meter;
    private final SplittableRandom random;
    private final String requestPrefix;
    private long requests;

    private long timeUs;
    private GpuPlan plan;
    private long nextArrivalUs;
    private long nextSampleUs;

    GpuSimulator(FleetGpu gpu, long seed, long startUs, GpuPlan plan) {
        var serving = ServingModel.of(gpu.model(), gpu.serves());
        this.gpu = gpu;
        this.engine = new ServingEngine(serving, startUs);
        this.limits = Request.Limits.of(serving, gpu.serves());
        this.meter = new GpuMeter(gpu, startUs);
        this.timeUs = startUs;
        long own = LoadCurve.mix(LoadCurve.mix(seed) + gpu.number());
        this.random = new SplittableRandom(own);
        // the start is part of it: a second run with the same seed makes other requests
        this.requestPrefix = "syn-%016x-".formatted(LoadCurve.mix(own + startUs));
        this.plan = plan;
        applyPlan(startUs);
    }

    FleetGpu gpu() {
        return gpu;
    }

    /** When the next step happens. */
    long nextUs() {
        return Math.min(Math.min(nextArrivalUs, nextSampleUs), engine.nextUs());
    }

    /** Takes the next step; the event that it gives, or null where it gives none. */
    @Nullable Event step() {
        long stepUs = nextUs();
        meter.advance(stepUs, load());
        timeUs = stepUs;
        if (engine.nextUs() == stepUs) {
            var ended = engine.step();
            return ended == null ? null : answered(ended);
        }
        if (nextArrivalUs == stepUs) {
            nextArrivalUs = timeUs + gapUs();
            return arrive();
        }
        nextSampleUs = stepUs + plan.intervalUs();
        return meter.sample(plan.role());
    }

    /** What the GPU does since the step before. */
    private GpuLoad load() {
        if (plan.role() == GpuRole.SERVING || engine.requests() > 0) {
            return GpuLoad.serving(gpu.serves(), engine);
        }
        // one look for the whole time between two samples
        return GpuLoad.of(plan.role(), gpu, meter.sampleFromUs());
    }

    /** From {@code nowUs} on, requests and samples come at another rate, or the role is another. */
    void changePlan(GpuPlan changed, long nowUs) {
        if (!changed.equals(plan)) {
            plan = changed;
            applyPlan(nowUs);
        }
    }

    private void applyPlan(long nowUs) {
        long fromUs = Math.max(timeUs, nowUs);
        nextArrivalUs = plan.requestsPerSecond() > 0 ? fromUs + gapUs() : Long.MAX_VALUE;
        nextSampleUs = Math.max(meter.sampleFromUs() + plan.intervalUs(), fromUs);
        // samples lie on whole milliseconds
        nextSampleUs = (nextSampleUs + 999) / 1000 * 1000;
    }

    private long gapUs() {
        return 1 + Math.round(random.nextExponential() / plan.requestsPerSecond() * 1e6);
    }

    private @Nullable Event arrive() {
        var request =
                Request.draw(
                        random,
                        timeUs,
                        limits,
                        LoadCurve.interactiveShare(gpu.number(), timeUs),
                        plan.sizeFactor());
        if (random.nextDouble() < TOO_LONG_SHARE) {
            return refused(request, "context_length_exceeded");
        }
        return engine.offer(request, timeUs) ? null : refused(request, "overloaded");
    }

    private Event answered(ServingEngine.Ended ended) {
        var request = ended.request();
        var usage =
                usage(request)
                        .set(TokenUsage.COMPLETION_TOKENS, (long) request.completionTokens())
                        .set(TokenUsage.LATENCY_MS, millisSince(request, timeUs));
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
        return usage(request)
                .set(TokenUsage.COMPLETION_TOKENS, 0L)
                .set(TokenUsage.LATENCY_MS, OVERHEAD_US / 1000.0)
                .set(TokenUsage.STATUS, "error")
                .set(TokenUsage.ERROR_TYPE, errorType)
                .build();
    }

    private Event.Builder usage(Request request) {
        var project = request.user().project();
        return TokenUsage.builder()
                .set(TokenUsage.TS, Instant.ofEpochMilli(timeUs / 1000))
                .set(TokenUsage.REQUEST_ID, requestPrefix + requests++)
                .set(TokenUsage.PROVIDER, "self_hosted")
                .set(TokenUsage.OPERATION, project.operation())
                .set(TokenUsage.MODEL, gpu.serves().name())
                .set(TokenUsage.PROMPT_TOKENS, (long) request.promptTokens())
                .set(TokenUsage.HOST, gpu.host())
                .set(TokenUsage.GPU_INDEX, gpu.gpuIndex())
                .set(TokenUsage.GPU_UUID, gpu.gpuUuid())
                .set(TokenUsage.POD, Workload.pod(GpuRole.SERVING, gpu))
                .set(TokenUsage.NAMESPACE, Workload.namespace(GpuRole.SERVING))
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
