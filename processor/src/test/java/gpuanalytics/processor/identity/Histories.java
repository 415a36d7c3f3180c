package gpuanalytics.processor.identity;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Random histories: what senders say under one identity, in the order of their clocks. Times of one
 * request differ, so that no position decides which word stands.
 */
public final class Histories {

    private static final Instant START = Instant.parse("2026-01-31T10:20:00Z");
    private static final String[] MODELS = {"llama", "other", "a|b"};
    private static final String[] FAILURES = {"timeout", "429"};

    private final Random random;
    private int made;

    public Histories(Random random) {
        this.random = random;
    }

    /** All that is said under one more identity. */
    public List<Event> next() {
        made++;
        var said =
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> request("user-" + random.nextInt(3));
                    case 8, 9 -> unclear();
                    case 3 -> retries();
                    case 4 -> reused();
                    case 5 -> promised();
                    default -> sample(true);
                };
        // Any of it may be sent again, as it was.
        for (int i = said.size() - 1; i >= 0; i--) {
            while (random.nextInt(4) == 0) {
                said.add(said.get(i));
            }
        }
        return said;
    }

    /** What is said under one more identity, and comes to the same in whatever order it comes. */
    public List<Event> nextInAnyOrder() {
        made++;
        return switch (random.nextInt(5)) {
            case 0 -> sample(false);
            case 1 -> reused();
            case 2, 3 -> unclear();
            default -> retries();
        };
    }

    /** What is said under one more request id. */
    public List<Event> nextRequest() {
        made++;
        return switch (random.nextInt(3)) {
            case 0 -> reused();
            case 1 -> unclear();
            default -> retries();
        };
    }

    /** A stream: a placeholder, partial usages, the final one. */
    private List<Event> request(String user) {
        var said = new ArrayList<Event>();
        var at = START.plusSeconds(random.nextInt(7200));
        var model = MODELS[random.nextInt(MODELS.length)];
        int words = random.nextInt(1, 5);
        for (int i = 0; i < words; i++) {
            at = at.plusMillis(random.nextInt(1, 240_000));
            said.add(usage(at, user, model, i == 0 ? 0 : random.nextLong(3000)).build());
        }
        return said;
    }

    /** Attempts of which some failed, in any order. */
    private List<Event> retries() {
        var said = new ArrayList<Event>();
        var at = START.plusSeconds(random.nextInt(7200));
        var user = "user-" + random.nextInt(3);
        int words = random.nextInt(1, 6);
        for (int i = 0; i < words; i++) {
            at = at.plusMillis(random.nextInt(1, 240_000));
            var isFailed = random.nextBoolean();
            var usage = usage(at, user, "llama", isFailed ? 0 : random.nextLong(2) * 700);
            if (isFailed) {
                usage.set(TokenUsage.ERROR_TYPE, FAILURES[random.nextInt(FAILURES.length)]);
            }
            said.add(usage.build());
        }
        return said;
    }

    /** Requests of several users under one id. */
    private List<Event> reused() {
        var said = new ArrayList<>(request("user-0"));
        said.addAll(request("user-1"));
        if (random.nextBoolean()) {
            said.addAll(request("user-2"));
        }
        return said;
    }

    /** Of which not all say who asked and who served, some further apart than a request may be. */
    private List<Event> unclear() {
        var said = new ArrayList<Event>();
        var at = START;
        int words = random.nextInt(2, 9);
        for (int i = 0; i < words; i++) {
            at = at.plusMillis(random.nextInt(1, 3_000_000));
            var user = random.nextBoolean() ? null : "user-" + random.nextInt(2);
            var usage = usage(at, user, "llama", random.nextLong(2) * 700);
            if (random.nextInt(3) == 0) {
                usage.set(TokenUsage.PROVIDER, "provider-" + random.nextInt(2));
            }
            if (random.nextInt(4) == 0) {
                usage.set(TokenUsage.ERROR_TYPE, FAILURES[random.nextInt(FAILURES.length)]);
            }
            said.add(usage.build());
        }
        return said;
    }

    /** An event_id that holds what it promises, or does not. */
    private List<Event> promised() {
        var said = new ArrayList<Event>();
        var at = START.plusSeconds(random.nextInt(7200));
        for (int i = 0; i < random.nextInt(1, 3); i++) {
            said.add(
                    usage(at.plusSeconds(i), "user-0", "llama", 100)
                            .set(TokenUsage.EVENT_ID, "event-" + made)
                            .build());
        }
        return said;
    }

    private Event.Builder usage(Instant at, @Nullable String user, String model, long tokens) {
        var usage =
                TokenUsage.builder()
                        .set(TokenUsage.TS, at)
                        .set(TokenUsage.REQUEST_ID, "request-" + made)
                        .set(TokenUsage.MODEL, model)
                        .set(TokenUsage.PROMPT_TOKENS, tokens);
        if (user != null) {
            usage.set(TokenUsage.USER, user);
        }
        if (random.nextBoolean()) {
            usage.set(TokenUsage.COMPLETION_TOKENS, tokens / 3);
        }
        if (random.nextBoolean()) {
            usage.set(TokenUsage.LATENCY_MS, random.nextInt(1, 4000) / 16.0);
        }
        return usage;
    }

    /** One GPU and moment: readings in parts, pods that share it, and contradictions. */
    private List<Event> sample(boolean contradicts) {
        var said = new ArrayList<Event>();
        var at = START.plusSeconds(random.nextInt(7200)).plusNanos(made);
        var host = "host-" + random.nextInt(5);
        var hasInterval = random.nextBoolean();
        double[] truth = {random.nextInt(101) / 100.0, random.nextInt(700), random.nextInt(90)};
        int words = random.nextInt(1, 6);
        for (int i = 0; i < words; i++) {
            var sample =
                    GpuMetric.builder()
                            .set(GpuMetric.TS, at)
                            .set(GpuMetric.HOST, host)
                            .set(GpuMetric.GPU_INDEX, 0L)
                            .set(GpuMetric.NAME, "H100")
                            .set(GpuMetric.UTILIZATION, maybe(truth[0]))
                            .set(GpuMetric.POWER_W, maybe(truth[1]))
                            .set(GpuMetric.TEMP_C, maybe(truth[2]));
            if (hasInterval) {
                sample.set(GpuMetric.INTERVAL_S, 10.0);
            }
            if (random.nextInt(3) == 0) {
                sample.set(GpuMetric.POD, "pod-" + random.nextInt(3));
            }
            if (contradicts && random.nextInt(8) == 0) {
                sample.set(GpuMetric.POWER_W, truth[1] + 1);
            }
            said.add(sample.build());
        }
        return said;
    }

    private @Nullable Double maybe(double value) {
        return random.nextBoolean() ? value : null;
    }
}
