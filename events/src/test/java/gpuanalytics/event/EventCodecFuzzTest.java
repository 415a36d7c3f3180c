package gpuanalytics.event;

import static gpuanalytics.event.Samples.ANY_TIME;
import static gpuanalytics.event.Samples.valid;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Decoded.Valid;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random events and random damage; {@code -Dfuzz.seed} repeats a run. */
class EventCodecFuzzTest {

    private static final int EVENTS = 1000;
    private static final int MUTATIONS_PER_EVENT = 10;
    private static final byte[] TELLING =
            "{}[]\":,\\0123456789.eE+-tfnNIu \n\0\u007f".getBytes(UTF_8);

    private final EventCodec codec = new EventCodec(ANY_TIME);
    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void everyEventComesBackAsItWas(EventTopic topic) {
        var events = new RandomEvents(random);
        for (int i = 0; i < EVENTS; i++) {
            var event = events.next(topic);

            var back = valid(codec.decode(topic, EventCodec.encode(event), Samples.NOW));

            assertEquals(event, back, "fuzz.seed=" + seed);
        }
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void damagedRecordsAreValuesAndNeverExceptions(EventTopic topic) {
        System.out.println("fuzz.seed=" + seed);
        var events = new RandomEvents(random);
        int refused = 0;
        for (int i = 0; i < EVENTS; i++) {
            var bytes = EventCodec.encode(events.next(topic));
            for (int j = 0; j < MUTATIONS_PER_EVENT; j++) {
                var decoded = codec.decode(topic, damaged(bytes), Samples.NOW);
                switch (decoded) {
                    case Valid(var event, _) ->
                            assertEquals(
                                    event,
                                    valid(
                                            codec.decode(
                                                    topic, EventCodec.encode(event), Samples.NOW)),
                                    "fuzz.seed=" + seed);
                    case Rejected(var reason, var detail) -> {
                        assertTrue(
                                detail.length() <= Rejected.MAX_DETAIL_CHARS
                                        && detail.lines().count() == 1,
                                reason + " " + detail + " fuzz.seed=" + seed);
                        refused++;
                    }
                }
            }
        }
        assertTrue(refused > EVENTS, "only " + refused + " refused, fuzz.seed=" + seed);
    }

    private byte[] damaged(byte[] bytes) {
        var damaged = bytes.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(4)) {
                case 0 -> damaged[at] = (byte) random.nextInt(256);
                case 1 -> damaged[at] = TELLING[random.nextInt(TELLING.length)];
                case 2 -> {
                    int from = random.nextInt(damaged.length);
                    int length = Math.min(random.nextInt(30), damaged.length - Math.max(at, from));
                    System.arraycopy(damaged.clone(), from, damaged, at, length);
                }
                default -> damaged = Arrays.copyOf(damaged, Math.max(1, at));
            }
        }
        return damaged;
    }
}
