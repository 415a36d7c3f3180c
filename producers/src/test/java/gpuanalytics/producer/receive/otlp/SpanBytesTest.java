package gpuanalytics.producer.receive.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What bytes are without their messages, beside what they are with them. */
class SpanBytesTest {

    private static final int ROUNDS = 10_000;
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    private static final List<String> TEXTS =
            List.of("", "m", "chat", "12", "-3", "caf\u00e9", "\ufffd", "elsewhere", "a\u0000b");

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final SpanUsages spans =
            new SpanUsages(
                    new EventWriter(
                            new EventCodec(EventLimits.defaults()),
                            Clock.fixed(NOW, ZoneOffset.UTC)),
                    new UsageOrigins(Map.of("elsewhere", UsageOrigin.LOGS)));

    @Test
    void bytesAreWhatTheirMessageIs() throws Exception {
        System.out.println("[seed] fuzz.seed=" + seed);
        int items = 0;
        for (int round = 0; round < ROUNDS; round++) {
            items += requireSame(request());
        }
        assertTrue(items > ROUNDS / 10, () -> "some are usages, fuzz.seed=" + seed);
    }

    @Test
    void damagedBytesAreWhatTheirMessageIsOrNone() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            var bytes = request();
            for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            requireSame(bytes);
        }
    }

    @Test
    void whatCannotBeReadIsRefused() {
        for (var bad : List.of(new byte[] {7, 7, 7}, "no protobuf".getBytes(UTF_8))) {
            assertThrows(
                    InvalidProtocolBufferException.class,
                    () -> spans.translate(bad, new Translation(10)));
        }
    }

    /** Tells how many items they are. */
    private int requireSame(byte[] bytes) throws BadRequestException {
        var byMessage = new Translation(1000);
        var byBytes = new Translation(1000);
        try {
            spans.translate(ExportTraceServiceRequest.parseFrom(bytes), byMessage);
        } catch (InvalidProtocolBufferException e) {
            // what is not read is not looked into, so the bytes may be some or none
            return 0;
        }
        try {
            spans.translate(bytes, byBytes);
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            throw new AssertionError("fuzz.seed=" + seed, e);
        }
        assertEquals(texts(byMessage), texts(byBytes), () -> "fuzz.seed=" + seed);
        assertEquals(byMessage.passed(), byBytes.passed(), () -> "fuzz.seed=" + seed);
        assertEquals(byMessage.warnings(), byBytes.warnings(), () -> "fuzz.seed=" + seed);
        return byBytes.items().size();
    }

    private static List<String> texts(Translation translation) {
        return translation.items().stream()
                .map(
                        item ->
                                switch (item) {
                                    case Told.Fact(var event, var refused) -> event + " " + refused;
                                    case Told.Refused(var letter) -> letter.why().toString();
                                })
                .toList();
    }

    // Parts of messages one after the other are one message, in whatever order they come.

    private byte[] request() {
        return shuffled(1 + random.nextInt(2), () -> nested(1, ofResource()));
    }

    private byte[] ofResource() {
        return shuffled(
                1 + random.nextInt(4),
                () -> random.nextInt(3) == 0 ? nested(1, resource()) : nested(2, scope()));
    }

    private byte[] resource() {
        return shuffled(random.nextInt(3), () -> nested(1, attribute()));
    }

    private byte[] scope() {
        return shuffled(random.nextInt(4), () -> nested(2, span()));
    }

    private byte[] span() {
        return shuffled(4 + random.nextInt(12), this::partOfSpan);
    }

    private byte[] partOfSpan() {
        var span = Span.newBuilder();
        switch (random.nextInt(12)) {
            case 0 -> span.setTraceId(id(random.nextInt(10) == 0 ? 3 : 16));
            case 1 -> span.setSpanId(id(8));
            case 2 -> span.setStartTimeUnixNano(nanos());
            case 3 -> span.setEndTimeUnixNano(nanos());
            case 4 -> span.setName("chat").setKind(Span.SpanKind.SPAN_KIND_CLIENT).setFlags(256);
            case 5 -> span.addEvents(Span.Event.newBuilder().setName("event"));
            case 6 ->
                    span.setStatus(
                            Status.newBuilder().setCodeValue(random.nextInt(3)).setMessage("m"));
            default -> {
                return nested(9, attribute());
            }
        }
        return span.build().toByteArray();
    }

    private ByteString id(int bytes) {
        var id = new byte[bytes];
        random.nextBytes(id);
        return ByteString.copyFrom(random.nextInt(10) == 0 ? new byte[bytes] : id);
    }

    private long nanos() {
        return (NOW.getEpochSecond() - random.nextInt(100)) * 1_000_000_000 + random.nextInt();
    }

    private byte[] attribute() {
        var key = KeyValue.newBuilder().setKey(name()).build().toByteArray();
        var value = nested(2, value());
        return switch (random.nextInt(10)) {
            case 0 -> joined(List.of(value, key));
            case 1 -> joined(List.of(key, value, nested(2, value())));
            case 2 ->
                    joined(
                            List.of(
                                    key,
                                    value,
                                    KeyValue.newBuilder().setKey(name()).build().toByteArray()));
            case 3 -> key;
            default -> joined(List.of(key, value));
        };
    }

    private String name() {
        return switch (random.nextInt(6)) {
            case 0 -> "gen_ai.usage.input_tokens";
            case 1 -> "gen_ai.request.model";
            case 2 -> "an.unknown.name";
            default -> GenAiName.ALL.get(random.nextInt(GenAiName.ALL.size())).attribute();
        };
    }

    private byte[] value() {
        return switch (random.nextInt(8)) {
            case 0 -> new byte[0];
            case 1 -> joined(List.of(plainValue(), plainValue()));
            default -> plainValue();
        };
    }

    private byte[] plainValue() {
        var value = AnyValue.newBuilder();
        switch (random.nextInt(9)) {
            case 0 -> value.setBoolValue(random.nextBoolean());
            case 1 ->
                    value.setDoubleValue(random.nextInt(5) == 0 ? Double.NaN : random.nextInt(99));
            case 2 -> value.setArrayValue(array());
            case 3 -> value.setBytesValue(id(4));
            case 4, 5 -> value.setIntValue(random.nextInt(10) == 0 ? -1 : random.nextInt(5000));
            default -> value.setStringValue(TEXTS.get(random.nextInt(TEXTS.size())));
        }
        return value.build().toByteArray();
    }

    private ArrayValue array() {
        var array = ArrayValue.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            var each = AnyValue.newBuilder();
            array.addValues(
                    random.nextInt(4) == 0
                            ? each
                            : each.setStringValue(TEXTS.get(random.nextInt(TEXTS.size()))));
        }
        return array.build();
    }

    private static byte[] nested(int field, byte[] message) {
        var out = new ByteArrayOutputStream();
        try {
            var coded = CodedOutputStream.newInstance(out);
            coded.writeByteArray(field, message);
            coded.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private byte[] shuffled(int count, Supplier<byte[]> part) {
        var parts = Stream.generate(part).limit(count).collect(Collectors.toList());
        Collections.shuffle(parts, random);
        return joined(parts);
    }

    private static byte[] joined(List<byte[]> parts) {
        var out = new ByteArrayOutputStream();
        parts.forEach(out::writeBytes);
        return out.toByteArray();
    }
}
