package gpuanalytics.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventLimits;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class WorkloadTest {

    private static final long SEED = 7;
    private static final Pattern LONG_FRACTION = Pattern.compile("\\.\\d{7}[^Z]");

    @ParameterizedTest
    @EnumSource
    void isMadeOfValidEventsOfAThirdOfAKilobyteEachItsOwn(Workload workload) {
        var load = workload.load(5_000, SEED);
        assertEquals(5_000, load.records());
        var codec = new EventCodec(EventLimits.defaults());
        for (var stream : List.of(load.samples(), load.usages())) {
            var identities = new HashSet<String>();
            for (long number = 0; number < stream.size(); number++) {
                var event = stream.event(number);
                var bytes = EventCodec.encode(event);
                var text = new String(bytes, UTF_8);
                assertTrue(bytes.length > 290 && bytes.length < 420, text);
                // No sender measures a trillionth, and decoders have slower ways for such numbers.
                assertFalse(LONG_FRACTION.matcher(text).find(), text);
                assertInstanceOf(
                        Decoded.Valid.class, codec.decode(event.topic(), bytes, event.ts()));
                assertTrue(identities.add(EventId.of(event)), () -> "twice: " + event);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void isTheSameFromTheSameSeed(Workload workload) {
        var one = workload.load(1000, SEED);
        var other = workload.load(1000, SEED);
        for (long number = 0; number < one.samples().size(); number++) {
            assertEquals(one.samples().event(number), other.samples().event(number));
        }
        for (long number = 0; number < one.usages().size(); number++) {
            assertEquals(one.usages().event(number), other.usages().event(number));
        }
    }

    @Test
    void mixesBothTopicsOneToOne() {
        var load = Workload.F.load(1000, SEED);
        assertEquals(500, load.samples().size());
        assertEquals(500, load.usages().size());
    }
}
