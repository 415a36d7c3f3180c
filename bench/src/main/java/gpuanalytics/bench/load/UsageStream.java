package gpuanalytics.bench.load;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import java.time.Instant;
import java.util.List;

/** Usages of a number of series, each of one model, team, user, project and GPU. */
final class UsageStream implements EventStream {

    private static final int MAX_GPUS = 1000;
    private static final List<String> MODELS =
            List.of("llama-3.1-8b", "llama-3.3-70b", "qwen3-32b", "mistral-small-24b");
    private static final int TEAMS = 10;
    private static final int PROJECTS = 25;

    private final List<Gpu> fleet;
    private final int series;
    private final long intervalMillis;
    private final long size;
    private final long seed;

    UsageStream(int series, long intervalMillis, long size, long seed) {
        this.fleet = Gpu.fleet(Math.clamp(series / 2, 1, MAX_GPUS));
        this.series = series;
        this.intervalMillis = intervalMillis;
        this.size = size;
        this.seed = seed;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Event event(long number) {
        return event(number, SampleStream.START.plusMillis(number * intervalMillis / series));
    }

    @Override
    public Event event(long number, Instant at) {
        long mix = Mix.of(seed, number);
        int which = (int) Long.remainderUnsigned(mix, series);
        var gpu = fleet.get(which % fleet.size());
        int ttftTenths = 500 + Mix.below(mix, 8, 20_000);
        long prompt = 16L + Mix.below(mix, 16, 4000);
        return TokenUsage.builder()
                .set(TokenUsage.TS, at)
                .set(TokenUsage.REQUEST_ID, "req-%016x".formatted(mix ^ number))
                .set(TokenUsage.MODEL, MODELS.get(which % MODELS.size()))
                .set(TokenUsage.PROMPT_TOKENS, prompt)
                .set(TokenUsage.COMPLETION_TOKENS, (long) (1 + Mix.below(mix, 32, 1000)))
                .set(TokenUsage.CACHED_PROMPT_TOKENS, prompt / 4)
                .set(TokenUsage.LATENCY_MS, (ttftTenths + Mix.below(mix, 40, 60_000)) / 10.0)
                .set(TokenUsage.TTFT_MS, ttftTenths / 10.0)
                .set(TokenUsage.HOST, gpu.host())
                .set(TokenUsage.GPU_INDEX, gpu.index())
                .set(TokenUsage.GPU_UUID, gpu.uuid())
                .set(TokenUsage.TEAM, "team-" + which % TEAMS)
                .set(TokenUsage.USER, "user-%05d".formatted(which))
                .set(TokenUsage.PROJECT, "project-" + which % PROJECTS)
                .set(TokenUsage.STREAM, true)
                .set(TokenUsage.STATUS, "stop")
                .build();
    }
}
