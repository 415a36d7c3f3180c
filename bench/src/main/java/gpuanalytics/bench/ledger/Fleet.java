package gpuanalytics.bench.ledger;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An hour of a fleet: each GPU says something each minute, and so does each of some groups that run
 * on it then.
 *
 * @param gpus how many
 * @param groups of tokens there are, each of one model, team, user and project
 * @param perMinute how many of them run on a GPU in a minute
 * @param isShared whether a GPU has other groups each minute, until it has had all; else the same
 */
record Fleet(int gpus, int groups, int perMinute, boolean isShared) {

    private static final long MEMORY_BYTES = 80L << 30;
    private static final int HOSTED = 8;
    private static final int TEAMS = 20;
    private static final int PROJECTS = 40;
    private static final List<String> GPU_MODELS =
            List.of("NVIDIA H100 80GB HBM3", "NVIDIA A100-SXM4-80GB", "NVIDIA L40S", "NVIDIA L4");
    private static final List<String> MODELS =
            List.of("llama-3.1-8b", "llama-3.3-70b", "qwen3-32b", "mistral-small-24b");

    /** The events of a minute. */
    List<Event> minute(Instant start, int minute) {
        var at = start.plusSeconds(60L * minute + 30);
        var events = new ArrayList<Event>();
        for (int gpu = 0; gpu < gpus; gpu++) {
            events.add(sample(gpu, at));
            for (int i = 0; i < perMinute; i++) {
                int first = isShared ? minute * perMinute + i : i;
                events.add(usage(gpu, (gpu * perMinute + first) % groups, at));
            }
        }
        return events;
    }

    private static Event sample(int gpu, Instant at) {
        double busy = (gpu % 97) / 97.0;
        return GpuMetric.builder()
                .set(GpuMetric.TS, at)
                .set(GpuMetric.HOST, "gpu-node-%04d".formatted(gpu / HOSTED))
                .set(GpuMetric.GPU_INDEX, (long) gpu % HOSTED)
                .set(GpuMetric.GPU_UUID, uuid(gpu))
                .set(GpuMetric.NAME, GPU_MODELS.get(gpu / HOSTED % GPU_MODELS.size()))
                .set(GpuMetric.POD, "vllm-%d-0".formatted(gpu))
                .set(GpuMetric.TEAM, "team-" + gpu / HOSTED % TEAMS)
                .set(GpuMetric.UTILIZATION, busy)
                .set(GpuMetric.SM_ACTIVE, busy / 2)
                .set(GpuMetric.MEM_USED_BYTES, MEMORY_BYTES / 2)
                .set(GpuMetric.MEM_TOTAL_BYTES, MEMORY_BYTES)
                .set(GpuMetric.POWER_W, 70 + busy * 630)
                .set(GpuMetric.TEMP_C, 30 + busy * 50)
                .set(GpuMetric.INTERVAL_S, 60.0)
                .build();
    }

    private static Event usage(int gpu, int group, Instant at) {
        long prompt = 16L + (gpu * 31L + group) % 4000;
        double ttft = 50 + group;
        return TokenUsage.builder()
                .set(TokenUsage.TS, at)
                .set(TokenUsage.REQUEST_ID, "req-%d-%d-%d".formatted(at.toEpochMilli(), gpu, group))
                .set(TokenUsage.MODEL, MODELS.get(group % MODELS.size()))
                .set(TokenUsage.PROMPT_TOKENS, prompt)
                .set(TokenUsage.COMPLETION_TOKENS, 1 + prompt / 5)
                .set(TokenUsage.CACHED_PROMPT_TOKENS, prompt / 4)
                .set(TokenUsage.LATENCY_MS, ttft + prompt)
                .set(TokenUsage.TTFT_MS, ttft)
                .set(TokenUsage.GPU_UUID, uuid(gpu))
                .set(TokenUsage.TEAM, "team-" + group % TEAMS)
                .set(TokenUsage.USER, "user-%05d".formatted(group))
                .set(TokenUsage.PROJECT, "project-" + group % PROJECTS)
                .build();
    }

    private static String uuid(int gpu) {
        return "GPU-%08x-1111-2222-3333-444444444444".formatted(gpu);
    }
}
