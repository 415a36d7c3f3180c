package gpuanalytics.producer.receive.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.json.EventBody;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damaged messages of {@code Publish}; {@code -Dfuzz.seed} repeats a run. */
class IngestFuzzTest {

    private static final int ROUNDS = 20_000;
    private static final int MOST_ITEMS = 10;
    private static final List<String> EVENTS =
            List.of(
                    """
                    {"ts":"2026-03-01T10:00:00Z","model":"m","prompt_tokens":12,"request_id":"r"}
                    """,
                    """
                    [{"ts":1772359200,"host":"h","gpu_index":0,"name":"H100","utilization":"7 %"}]
                    """);

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final EventBody events =
            new EventBody(
                    new EventCodec(EventLimits.defaults()),
                    MOST_ITEMS,
                    Clock.fixed(Instant.parse("2026-03-01T10:01:00Z"), ZoneOffset.UTC));

    private static byte[] message() {
        var field = IngestProto.REQUEST.findFieldByName("events");
        var message = DynamicMessage.newBuilder(IngestProto.REQUEST);
        EVENTS.forEach(event -> message.addRepeatedField(field, ByteString.copyFrom(event, UTF_8)));
        return message.build().toByteArray();
    }

    private byte[] damaged(byte[] whole) {
        var bytes = whole.clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @Test
    void aDamagedMessageIsItemsOrRefused() throws Exception {
        var whole = message();
        var told = IngestService.read(whole, events, MOST_ITEMS);
        told.forEach(item -> assertInstanceOf(Told.Fact.class, item));
        assertEquals(2, told.size());
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try {
                var items = IngestService.read(damaged(whole), events, MOST_ITEMS);
                assertTrue(items.size() <= MOST_ITEMS, "fuzz.seed=" + seed);
                read++;
            } catch (InvalidProtocolBufferException | BadRequestException ignored) {
                // told to the client
            } catch (RuntimeException e) {
                throw new AssertionError("fuzz.seed=" + seed + ", round " + round, e);
            }
        }
        assertTrue(read > 0, "some are read, fuzz.seed=" + seed);
    }
}
