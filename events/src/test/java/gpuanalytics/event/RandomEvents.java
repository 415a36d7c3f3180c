package gpuanalytics.event;

import java.time.Instant;
import java.util.Random;

/** Valid events of every shape, from a seed. */
final class RandomEvents {

    private static final String LETTERS = "abcXYZ019 -_./#@:\"\\éß漢字😀";

    private final Random random;

    RandomEvents(Random random) {
        this.random = random;
    }

    Event next(EventTopic topic) {
        var event = Event.builder(topic);
        for (var field : topic.fields().fields()) {
            if (field.required() || random.nextInt(3) > 0) {
                event.setUnchecked(field, value(field));
            }
        }
        switch (topic) {
            case GPU_METRICS -> event.set(GpuMetric.GPU_INDEX, random.nextLong(4096));
            case TOKEN_USAGE -> {
                long prompt = random.nextLong(1_000_000_001);
                long completion = random.nextLong(1_000_000_001);
                event.set(TokenUsage.PROMPT_TOKENS, prompt)
                        .set(TokenUsage.COMPLETION_TOKENS, completion)
                        .set(TokenUsage.CACHED_PROMPT_TOKENS, part(prompt))
                        .set(TokenUsage.CACHE_WRITE_TOKENS, part(prompt))
                        .set(TokenUsage.REASONING_TOKENS, part(completion));
            }
        }
        return event.build();
    }

    private Object value(Field<?> field) {
        return switch (field.kind()) {
            case TEXT -> text(1 + random.nextInt(random.nextInt(20) == 0 ? 512 : 20));
            case TIME -> Instant.ofEpochSecond(random.nextLong((long) field.max()), nanos());
            case INTEGER -> edge(field, random.nextLong((long) field.max() + 1));
            case NUMBER ->
                    (double) edge(field, 0L)
                            + random.nextDouble()
                                    * (random.nextBoolean() ? 1e-9 : 1)
                                    * (field.max() - edge(field, 0L));
            case FLAG -> random.nextBoolean();
        };
    }

    private long edge(Field<?> field, long otherwise) {
        return random.nextInt(10) == 0 ? (long) Math.max(0, field.min()) : otherwise;
    }

    private long nanos() {
        return switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> random.nextInt(1000) * 1_000_000L;
            default -> random.nextInt(1_000_000_000);
        };
    }

    private Long part(long whole) {
        return random.nextLong(whole + 1);
    }

    private String text(int points) {
        var letters = LETTERS.codePoints().toArray();
        var text = new StringBuilder();
        for (int i = 0; i < points; i++) {
            text.appendCodePoint(letters[random.nextInt(letters.length)]);
        }
        return text.toString();
    }
}
