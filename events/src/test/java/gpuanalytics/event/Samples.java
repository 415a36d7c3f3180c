package gpuanalytics.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Decoded.Valid;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;

/**
 * Records as members in order, each value as it stands in JSON, and what the codec says of them.
 */
final class Samples {

    static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    static final EventLimits LIMITS =
            new EventLimits(
                    EventLimits.DEFAULT_MAX_AGE,
                    EventLimits.DEFAULT_MAX_LEAD,
                    EventLimits.DEFAULT_MAX_BYTES);

    /** Limits that every time the fields allow keeps to. */
    static final EventLimits ANY_TIME =
            new EventLimits(
                    Duration.ofDays(365_000),
                    Duration.ofDays(365_000),
                    EventLimits.DEFAULT_MAX_BYTES);

    private static final EventCodec CODEC = new EventCodec(LIMITS);

    private Samples() {}

    /** The members of the smallest event. */
    static Map<String, String> smallest(EventTopic topic) {
        var members = new LinkedHashMap<String, String>();
        members.put("ts", "\"2026-01-31T12:00:00Z\"");
        switch (topic) {
            case GPU_METRICS -> {
                members.put("host", "\"node-1\"");
                members.put("gpu_index", "0");
                members.put("name", "\"A100\"");
            }
            case TOKEN_USAGE -> {
                members.put("model", "\"llama\"");
                // the most there are, so that every part of them fits
                members.put("prompt_tokens", "1000000000");
                members.put("completion_tokens", "1000000000");
            }
        }
        return members;
    }

    /** The smallest event with one more member, or another value of one that it has. */
    static Map<String, String> smallestWith(EventTopic topic, String name, String value) {
        var members = smallest(topic);
        members.put(name, value);
        return members;
    }

    static Map<String, String> smallestWithout(EventTopic topic, String name) {
        var members = smallest(topic);
        members.remove(name);
        return members;
    }

    static String json(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> '"' + member.getKey() + "\":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    static Decoded decode(EventTopic topic, String json) {
        return CODEC.decode(topic, json.getBytes(UTF_8), NOW);
    }

    static Event valid(EventTopic topic, Map<String, String> members) {
        return valid(topic, json(members));
    }

    static Event valid(EventTopic topic, String json) {
        return valid(decode(topic, json));
    }

    static Event valid(Decoded decoded) {
        return switch (decoded) {
            case Valid(var event, _) -> event;
            case Rejected rejected -> Assertions.fail(rejected.toString());
        };
    }

    static Rejected rejected(EventTopic topic, Map<String, String> members) {
        return rejected(topic, json(members));
    }

    static Rejected rejected(EventTopic topic, String json) {
        return rejected(decode(topic, json));
    }

    static Rejected rejected(Decoded decoded) {
        return switch (decoded) {
            case Valid(var event, _) -> Assertions.fail("accepted as " + event);
            case Rejected rejected -> rejected;
        };
    }
}
