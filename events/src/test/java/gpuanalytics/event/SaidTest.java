package gpuanalytics.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is said in values of Java is what the same says as JSON, good or not. */
class SaidTest {

    private static final int EVENTS = 20_000;
    private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");

    /** What a sender may say under any name. */
    private static final List<Object> ODD =
            List.of(
                    "",
                    "N/A",
                    "<<<NULL>>>",
                    "NaN",
                    "12",
                    "3.5 MiB",
                    "xai",
                    "error",
                    "a\u0007bell",
                    "a\u0085line",
                    "\uD83D\uDE00",
                    "x".repeat(513),
                    "y".repeat(100_000),
                    0L,
                    -1L,
                    (1L << 46) - 1,
                    1L << 46,
                    1L << 47,
                    Long.MAX_VALUE,
                    new BigDecimal("-0.0000001"),
                    new BigDecimal("12.5"),
                    new BigDecimal("1e-30"),
                    new BigDecimal("1e30"),
                    new BigDecimal("1.02"),
                    new BigDecimal("140737488355330"),
                    true,
                    false,
                    Instant.parse("1969-12-31T23:59:59Z"),
                    Instant.parse("2026-03-02T09:59:59.123456789Z"),
                    Instant.parse("2026-03-03T10:00:00Z"),
                    Instant.parse("2990-01-01T00:00:00Z"));

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final RandomEvents events = new RandomEvents(random);

    @ParameterizedTest
    @EnumSource
    void isWhatTheSameSaysAsJson(EventTopic topic) throws IOException {
        var codec =
                new EventCodec(
                        new EventLimits(
                                EventLimits.DEFAULT_MAX_AGE, Duration.ofMinutes(5), 65_536));
        int plain = 0;
        for (int n = 0; n < EVENTS; n++) {
            var said = said(topic);
            plain += said.plain(codec.limits().maxBytes()) == null ? 0 : 1;
            var json = json(topic, said);
            assertEquals(
                    codec.decode(topic, json, NOW),
                    codec.decode(said, NOW),
                    () -> "seed " + seed + ": " + new String(json, UTF_8));
        }
        assertTrue(plain > EVENTS / 100 && plain < EVENTS, plain + " plain, seed " + seed);
    }

    private Said said(EventTopic topic) {
        var event = events.next(topic);
        var said = new Said(topic);
        for (var field : topic.fields().fields()) {
            var value = event.get(field);
            boolean odd = random.nextInt(60) == 0;
            if (odd) {
                said.set(field, ODD.get(random.nextInt(ODD.size())));
            } else if (field.kind() == Field.Kind.TIME) {
                said.set(field, NOW.minusMillis(random.nextInt(1_000_000_000)));
            } else if (value != null && random.nextInt(3) > 0) {
                said.set(field, value instanceof Double number ? rounded(number) : value);
            }
        }
        return said;
    }

    private BigDecimal rounded(double number) {
        return random.nextBoolean()
                ? BigDecimal.valueOf(number)
                : BigDecimal.valueOf((long) (number * 1000), 3);
    }

    private static byte[] json(EventTopic topic, Said said) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            for (var field : topic.fields().fields()) {
                var value = said.get(field);
                if (value == null) {
                    continue;
                }
                json.writeFieldName(field.name());
                switch (value) {
                    case String text -> json.writeString(text);
                    case Instant time -> json.writeString(time.toString());
                    case Boolean flag -> json.writeBoolean(flag);
                    case BigDecimal number -> json.writeNumber(number.toPlainString());
                    default -> json.writeNumber(value.toString());
                }
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }
}
