package gpuanalytics.bench.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

final class LiveRecordsTest {

    private static final long SEED = 7;

    /** Their milliseconds have from none to three digits. */
    private static final List<Instant> TIMES =
            List.of(
                    Instant.parse("2026-02-28T23:59:59Z"),
                    Instant.parse("2026-02-28T23:59:59.007Z"),
                    Instant.parse("2026-03-01T00:00:00.120Z"),
                    Instant.parse("2026-11-29T10:00:00.999Z"));

    private final EventCodec codec = new EventCodec(EventLimits.defaults());

    @Test
    void areTheEventsOfTheStreamAtTheirTimes() {
        var stream = Workload.B.load(1000, SEED).samples();
        var records = new LiveRecords(stream, "gpu");
        for (int i = 0; i < TIMES.size(); i++) {
            long number = LiveRecords.READY + 12_345L * i;
            var like = stream.event(number % LiveRecords.READY, TIMES.get(i));
            var record = records.record(number, TIMES.get(i));
            assertEquals(like, decoded(EventTopic.GPU_METRICS, record, like.ts()));
            assertArrayEquals(TopicFiller.record("gpu", like).key(), record.key());
        }
    }

    @Test
    void areRequestsOfTheirOwn() {
        var stream = Workload.D.load(1000, SEED).usages();
        var records = new LiveRecords(stream, "token");
        var identities = new HashSet<String>();
        long most = LiveRecords.READY + 1000L;
        for (long number = LiveRecords.READY - 1000L; number < most; number++) {
            var at = TIMES.get((int) (number % TIMES.size()));
            var usage = decoded(EventTopic.TOKEN_USAGE, records.record(number, at), at);
            var like = stream.event(number % LiveRecords.READY, at);
            assertEquals(like.get(TokenUsage.USER), usage.get(TokenUsage.USER));
            assertEquals(like.get(TokenUsage.PROMPT_TOKENS), usage.get(TokenUsage.PROMPT_TOKENS));
            assertEquals(at, usage.ts());
            assertTrue(identities.add(EventId.of(usage)), () -> "twice: " + usage);
        }
    }

    private Event decoded(EventTopic topic, ProducerRecord<byte[], byte[]> record, Instant at) {
        return switch (codec.decode(topic, record.value(), at)) {
            case Decoded.Valid(var event, var _) -> event;
            case Decoded.Rejected why -> throw new AssertionError(why.toString());
        };
    }
}
