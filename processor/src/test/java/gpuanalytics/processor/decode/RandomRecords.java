package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Records as JSON, most of them valid, some odd, from a seed. */
final class RandomRecords {

    private static final List<String> SPACES = List.of("", "", "", "", " ", "\n", "\t", "\r\n  ");

    private static final List<String> ODD_VALUES =
            List.of(
                    "null",
                    "true",
                    "false",
                    "NaN",
                    "-Infinity",
                    "{}",
                    "[1]",
                    "\"\"",
                    "\"<<<NULL>>>\"",
                    "\"<\"",
                    "\"é\"",
                    "\"\\u0041\"",
                    "\"\\ud800\"",
                    "\"a\\nb\"",
                    "\"\u007f\"",
                    "-0",
                    "-0.0",
                    "-1",
                    "01",
                    "1.",
                    ".5",
                    "1e3",
                    "1E+2",
                    "1e-3",
                    "1e400",
                    "1e-400",
                    "0e99999999999",
                    "0.1234567890123456789012345",
                    "9007199254740993",
                    "4095.0",
                    "140737488355328",
                    "9223372036854775794",
                    "9.223372036854776E18",
                    "1.04",
                    "1.0500001",
                    "\"[N/A]\"",
                    "\"N/A\"",
                    "\"ERR!\"",
                    "\"[Not Supported]\"",
                    "\"35\"",
                    "\"2 %\"",
                    "\"1234 MiB\"",
                    "\"429\"",
                    "\"xai\"",
                    "1769860800",
                    "1769860800250",
                    "{\"$date\":1769860800250}",
                    "{\"id\":\"x\",\"type\":\"y\"}",
                    "tru",
                    "nullx");

    /** Some mean something under conditions, some nothing. */
    private static final List<String> ODD_NAMES =
            List.of(
                    "extra",
                    "ts",
                    "time",
                    "total_tokens",
                    "totalTokens",
                    "tokens",
                    "error",
                    "error_code",
                    "tool_use_prompt_token_count",
                    "promptTokens",
                    "gpuIndex",
                    "memory.used [MiB]",
                    "fan.speed [%]",
                    "subject",
                    "usage",
                    "labels",
                    "id",
                    "payload",
                    "value",
                    "");

    private static final List<String> ODD_TIMES =
            List.of(
                    "2026-01-31t12:00:00z",
                    "2026-01-31T13:00:00+01:00",
                    "2026-02-29T12:00:00Z",
                    "2024-02-29T12:00:00Z",
                    "2100-02-29T12:00:00Z",
                    "2026-00-10T12:00:00Z",
                    "2026-01-00T12:00:00Z",
                    "2026-01-31T24:00:00Z",
                    "2026-01-31T12:00:60Z",
                    "2016-12-31T23:59:60Z",
                    "2026-01-31T12:00:00.Z",
                    "2026-01-31T12:00:00.1234567890Z",
                    "2026-01-31T12:00:00.12a4Z",
                    "2026-01-31T12:00Z",
                    "2026-01-31 12:00:00Z",
                    "2026-01-31T12:00:00",
                    "2026-01-31T12:00:00+0000",
                    "2026-01-31T12:00:00,5Z",
                    "1769860800",
                    "1969-12-31T23:59:59Z",
                    "2261-12-31T23:59:59.999999999Z",
                    "2262-04-11T23:47:15.999999999Z",
                    "2262-04-11T23:47:16Z",
                    "2026-01-31T12:05:00Z",
                    "2026-01-31T12:05:00.000000001Z",
                    "2016-01-24T12:00:00Z",
                    "2016-01-24T11:59:59.999999999Z");

    private static final Set<Field<?>> OUTCOMES = Set.of(TokenUsage.STATUS, TokenUsage.ERROR_TYPE);

    /** How a request ended; of the numbers, an error type may be none. */
    private static final List<String> ENDS =
            List.of(
                    "\"stop\"",
                    "\"length\"",
                    "\"failed\"",
                    "\"cancelled\"",
                    "\"RateLimitError\"",
                    "\"none\"",
                    "\"200\"",
                    "\"429\"",
                    "\"503 Service Unavailable\"",
                    "\"error: something went wrong, and that takes long to say\"",
                    "200",
                    "504",
                    "0",
                    "0429",
                    "429.0",
                    "1000000");

    private static final byte[] TELLING =
            "{}[]\":,\\0123456789.eE+-tfnNIuZT \n\0\u007f".getBytes(UTF_8);

    private final Random random;

    RandomRecords(Random random) {
        this.random = random;
    }

    /** A record; one in so many values is odd. */
    byte[] next(EventTopic topic, int oddOneIn) {
        var members = new ArrayList<String>();
        for (var field : topic.fields().fields()) {
            boolean wanted = field.required() || field.name().equals("gpu_index");
            if (wanted ? random.nextInt(200) > 0 : random.nextInt(3) > 0) {
                members.add(member(name(field, oddOneIn), value(field, oddOneIn)));
            }
        }
        if (random.nextInt(oddOneIn) == 0) {
            members.add(member(ODD_NAMES.get(random.nextInt(ODD_NAMES.size())), odd()));
            members.add(member("other", odd()));
        }
        if (random.nextBoolean()) {
            Collections.shuffle(members, random);
        }
        return (space() + "{" + space() + String.join(",", members) + "}" + space())
                .getBytes(UTF_8);
    }

    /** The record with some bytes changed, moved or cut off. */
    byte[] damaged(byte[] record) {
        var damaged = record.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(8)) {
                case 0 -> damaged[at] = (byte) random.nextInt(256);
                case 1 -> damaged = Arrays.copyOf(damaged, Math.max(1, at));
                case 2 -> {
                    int from = random.nextInt(damaged.length);
                    int length = Math.min(random.nextInt(30), damaged.length - Math.max(at, from));
                    System.arraycopy(damaged.clone(), from, damaged, at, length);
                }
                default -> damaged[at] = TELLING[random.nextInt(TELLING.length)];
            }
        }
        return damaged;
    }

    private String member(String name, String value) {
        return space() + '"' + name + '"' + space() + ":" + space() + value + space();
    }

    private String name(Field<?> field, int oddOneIn) {
        if (random.nextInt(oddOneIn) > 0) {
            return field.name();
        }
        int alias = random.nextInt(field.aliases().size() + 1);
        return alias == 0 ? field.name() : field.aliases().get(alias - 1).name();
    }

    private String value(Field<?> field, int oddOneIn) {
        if (random.nextInt(oddOneIn) == 0) {
            return odd();
        }
        if (OUTCOMES.contains(field) && random.nextInt(4) > 0) {
            return ENDS.get(random.nextInt(ENDS.size()));
        }
        return switch (field.kind()) {
            case TEXT ->
                    field.name().equals("provider") && random.nextInt(20) == 0
                            ? "\"xai\""
                            : '"'
                                    + text(random.nextInt(100) == 0 ? 505 + random.nextInt(10) : 12)
                                    + '"';
            case TIME -> '"' + time(oddOneIn) + '"';
            case INTEGER -> Long.toString(integer(field));
            case NUMBER -> number(field);
            case FLAG -> Boolean.toString(random.nextBoolean());
        };
    }

    private String odd() {
        return ODD_VALUES.get(random.nextInt(ODD_VALUES.size()));
    }

    private String time(int oddOneIn) {
        if (random.nextInt(oddOneIn) == 0) {
            return ODD_TIMES.get(random.nextInt(ODD_TIMES.size()));
        }
        var seconds =
                "20%02d-%02d-%02dT%02d:%02d:%02d"
                        .formatted(
                                16 + random.nextInt(11),
                                1 + random.nextInt(12),
                                1 + random.nextInt(28),
                                random.nextInt(24),
                                random.nextInt(60),
                                random.nextInt(60));
        int digits = random.nextInt(10);
        var fraction = digits == 0 ? "" : "." + decimals(digits);
        return seconds + fraction + "Z";
    }

    private long integer(Field<?> field) {
        return switch (random.nextInt(12)) {
            case 0 -> (long) field.min();
            case 1 -> (long) field.max();
            // small ones, so that parts are often less than their wholes
            default -> random.nextLong(Math.min((long) field.max() + 1, 5000));
        };
    }

    private String number(Field<?> field) {
        double value = field.min() + random.nextDouble() * (field.max() - field.min());
        return switch (random.nextInt(5)) {
            case 0 -> Double.toString(value);
            case 1 -> Long.toString((long) value);
            case 2 -> (long) value + "." + decimals(1 + random.nextInt(20));
            case 3 -> "0." + decimals(1 + random.nextInt(25));
            default -> Double.toString(Math.rint(value * 1000) / 1000);
        };
    }

    private String decimals(int count) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append((char) ('0' + random.nextInt(10)));
        }
        return text.toString();
    }

    private String text(int most) {
        var text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i >= 0; i--) {
            char next = (char) (' ' + random.nextInt(95));
            text.append(next == '"' || next == '\\' ? '-' : next);
        }
        return text.toString();
    }

    private String space() {
        return SPACES.get(random.nextInt(SPACES.size()));
    }
}
