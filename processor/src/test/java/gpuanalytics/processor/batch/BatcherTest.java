package gpuanalytics.processor.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.consume.TestRecords;
import gpuanalytics.processor.decode.DecodedRecord;
import gpuanalytics.processor.decode.DecodedRecord.Rejected;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BatcherTest {

    private static final Duration LONGEST = Duration.ofMillis(50);
    private static final Duration AGAIN = Duration.ofMillis(10);

    private final Batcher batcher = batcher(Duration.ofDays(1));

    /** Their rollups know offsets alone, so they count together or not at all. */
    @Test
    void neverPartsTheEventsOfARecord() {
        var records = new ArrayList<DecodedRecord>();
        records.addAll(eventsOfRecord(10, 3));
        records.addAll(eventsOfRecord(11, 6));
        records.addAll(eventsOfRecord(12, 1));

        var batches = batcher.add(records, true);

        assertEquals(List.of(9), batches.stream().map(Batch::size).toList());
        assertEquals(Set.of(11L, 12L), Set.copyOf(batches.getFirst().next().values()));
        var rest = batcher.rest();
        assertEquals(List.of(1), rest.stream().map(Batch::size).toList());
        assertEquals(List.of(13L), List.copyOf(rest.getFirst().next().values()));
    }

    /** Nobody would write it yet: so it waits as one batch, not as several. */
    @Test
    void anOldBatchFillsWhileNoWriterIsFree() {
        var old = batcher(Duration.ZERO);

        assertEquals(List.of(), sizes(old.add(eventsOfRecord(10, 1), false)));
        assertEquals(List.of(), sizes(old.add(eventsOfRecord(11, 2), false)));
        assertEquals(AGAIN, old.wait(LONGEST, AGAIN));
        assertEquals(List.of(3), sizes(old.add(List.of(), true)));

        assertEquals(List.of(4), sizes(old.add(eventsOfRecord(12, 4), false)), "a full one goes");
        assertEquals(
                List.of(5),
                sizes(old.add(records(eventsOfRecord(13, 5), eventsOfRecord(14, 1)), true)),
                "what comes after a full one waits for a writer");
    }

    @Test
    void waitsNoLongerThanItsBatchMay() {
        var soon = batcher(Duration.ofHours(1));
        assertEquals(LONGEST, soon.wait(LONGEST, AGAIN));
        var _ = soon.add(eventsOfRecord(10, 1), true);
        assertEquals(LONGEST, soon.wait(LONGEST, AGAIN));
        var rest = soon.wait(Duration.ofDays(1), AGAIN);
        assertTrue(rest.isPositive() && rest.compareTo(Duration.ofHours(1)) <= 0, "" + rest);
    }

    private static Batcher batcher(Duration age) {
        return new Batcher(
                new BatchPolicy(4, 1 << 20, age),
                new UnderWay(Clock.systemUTC(), _ -> {}),
                new ProcessorMetrics(new SimpleMeterRegistry()));
    }

    private static List<Integer> sizes(List<Batch> batches) {
        return batches.stream().map(Batch::size).toList();
    }

    private static List<DecodedRecord> records(List<DecodedRecord> some, List<DecodedRecord> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private static List<DecodedRecord> eventsOfRecord(long offset, int count) {
        var record = TestRecords.of(EventTopic.TOKEN_USAGE, new byte[20], offset, Map.of());
        var events = new ArrayList<DecodedRecord>();
        for (int i = 0; i < count; i++) {
            var item = count == 1 ? record : record.item(new byte[9], i, i == count - 1);
            events.add(new Rejected(item, RejectReason.NOT_JSON, "no"));
        }
        return events;
    }
}
